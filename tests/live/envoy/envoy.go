// Package envoy stands in for Envoy, as far as it fetches certificates: it asks pilot-agent for the secrets of the workload by Envoy's
// secret discovery service, and writes what came.
//
// In: the bootstrap that pilot-agent wrote for Envoy. Out: a file with the certificates, or with what went wrong.
//
// Start reading at Main.
package envoy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	secret "github.com/envoyproxy/go-control-plane/envoy/service/secret/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Secrets are the secrets of a workload, in PEM.
type Secrets struct {
	Certificates, Key, Roots string
	// Error says why there are none.
	Error string
}

// FileName is the name of the file in the working directory that Main writes.
const FileName = "secrets.json"

// Main takes Envoy's arguments, of which it needs `-c FILE`. It writes the secrets, and then waits to be ended, as Envoy does.
func Main(args []string, stderr io.Writer) int {
	if len(args) > 0 && args[0] == "--version" {
		fmt.Println("envoy  version: stand-in")
		return 0
	}
	var secrets Secrets
	err := errors.New("no -c in the arguments")
	for i, arg := range args[:max(0, len(args)-1)] {
		if arg == "-c" {
			err = fetch(args[i+1], &secrets)
		}
	}
	if err != nil {
		secrets.Error = err.Error()
	}
	text, err := json.Marshal(secrets)
	if err == nil {
		err = os.WriteFile(FileName+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(FileName+".new", FileName)
	}
	if err != nil {
		fmt.Fprintln(stderr, "envoy:", err)
		return 1
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM, syscall.SIGINT)
	<-ended
	return 0
}

var pipe = regexp.MustCompile(`"path":\s*"([^"]+)"`)

// fetch asks the cluster sds-grpc of the bootstrap for the workload's secrets.
func fetch(bootstrap string, into *Secrets) error {
	text, err := os.ReadFile(bootstrap)
	if err != nil {
		return err
	}
	var b struct {
		Node struct {
			ID string `json:"id"`
		} `json:"node"`
		StaticResources struct {
			Clusters []struct {
				Name           string          `json:"name"`
				LoadAssignment json.RawMessage `json:"load_assignment"`
			} `json:"clusters"`
		} `json:"static_resources"`
	}
	if err := json.Unmarshal(text, &b); err != nil {
		return err
	}
	for _, c := range b.StaticResources.Clusters {
		if path := pipe.FindSubmatch(c.LoadAssignment); c.Name == "sds-grpc" && path != nil {
			for range 24 {
				if err = ask(string(path[1]), b.Node.ID, into); err == nil {
					return nil
				}
				time.Sleep(500 * time.Millisecond)
			}
			return err
		}
	}
	return errors.New("the bootstrap has no cluster sds-grpc with a pipe")
}

// ask fetches the secrets from the socket, with a stream for each, as Envoy does.
func ask(socket, node string, into *Secrets) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	conn, err := grpc.NewClient("unix:"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	client := secret.NewSecretDiscoveryServiceClient(conn)
	for _, name := range []string{"default", "ROOTCA"} {
		stream, err := client.StreamSecrets(ctx)
		if err != nil {
			return err
		}
		if err := stream.Send(&discovery.DiscoveryRequest{Node: &core.Node{Id: node, UserAgentName: "envoy"}, ResourceNames: []string{name},
			TypeUrl: "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret"}); err != nil {
			return err
		}
		response, err := stream.Recv()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, resource := range response.Resources {
			var s tlsv3.Secret
			if err := resource.UnmarshalTo(&s); err != nil {
				return err
			}
			take(&s, into)
		}
	}
	return nil
}

func take(s *tlsv3.Secret, into *Secrets) {
	if c := s.GetTlsCertificate(); c != nil {
		into.Certificates = string(c.GetCertificateChain().GetInlineBytes())
		into.Key = string(c.GetPrivateKey().GetInlineBytes())
	}
	if v := s.GetValidationContext(); v != nil {
		into.Roots += string(v.GetTrustedCa().GetInlineBytes())
		var validator tlsv3.SPIFFECertValidatorConfig
		if custom := v.GetCustomValidatorConfig(); custom != nil && custom.GetTypedConfig().UnmarshalTo(&validator) == nil {
			for _, d := range validator.TrustDomains {
				into.Roots += string(d.TrustBundle.GetInlineBytes())
			}
		}
	}
}
