package plane

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

type object = map[string]any

// Client talks to the API server as its administrator.
type Client struct {
	url  string
	http *http.Client

	lock      sync.Mutex
	resources map[string]map[string]resource // by group and version, then by kind
}

// resource is how the API server calls a kind in paths.
type resource struct {
	Name       string `json:"name"`
	Kind       string `json:"kind"`
	Namespaced bool   `json:"namespaced"`
}

// Refused is what the API server says of an object that it does not take.
type Refused struct {
	Code    int
	Message string
}

func (e *Refused) Error() string { return e.Message }

func newClient(url, ca string) (*Client, error) {
	text, err := os.ReadFile(ca)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("the API server has no certificate yet")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	return &Client{url: url, http: &http.Client{Timeout: 30 * time.Second, Transport: transport}, resources: map[string]map[string]resource{}}, nil
}

func (c *Client) ready() error {
	_, err := c.do(http.MethodGet, "/readyz", "", nil, nil)
	return err
}

// do sends a request with a body in JSON (or none), and decodes the answer. The error is a *Refused if the API server says no.
func (c *Client) do(method, path, contentType string, body, answer any) (int, error) {
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		reader = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, c.url+path, reader)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+adminToken)
	request.Header.Set("Accept", "application/json")
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err
	}
	if response.StatusCode >= 300 {
		var status struct{ Message string }
		if json.Unmarshal(text, &status) != nil || status.Message == "" {
			status.Message = string(text)
		}
		return response.StatusCode, &Refused{response.StatusCode, status.Message}
	}
	if answer != nil {
		err = json.Unmarshal(text, answer)
	}
	return response.StatusCode, err
}

// Get reads an object or a list.
func (c *Client) Get(path string, into any) error {
	_, err := c.do(http.MethodGet, path, "", nil, into)
	return err
}

// Create creates an object, which must succeed, and returns it.
func (c *Client) Create(t *testing.T, path string, o object) object {
	t.Helper()
	var created object
	_, err := c.do(http.MethodPost, path, "application/json", o, &created)
	require.NoError(t, err)
	return created
}

// Post calls a subresource, such as that which makes tokens.
func (c *Client) Post(path string, body, answer any) error {
	_, err := c.do(http.MethodPost, path, "application/json", body, answer)
	return err
}

// Apply applies an object by server-side apply, as `kubectl apply --server-side` does. A Pod is created instead, so that the webhooks
// see it as they see one that a controller creates. An object without a namespace goes to the one that is named.
func (c *Client) Apply(o object, namespace string) error {
	path, err := c.path(o, namespace)
	if err != nil {
		return err
	}
	if o["kind"] == "Pod" {
		_, err = c.do(http.MethodPost, path[:strings.LastIndexByte(path, '/')], "application/json", o, nil)
		return err
	}
	_, err = c.do(http.MethodPatch, path+"?fieldManager=test&force=true", "application/apply-patch+yaml", o, nil)
	return err
}

// ApplyAll applies the objects of a stream of YAML, each of which must be taken.
func (c *Client) ApplyAll(t *testing.T, text, namespace string) {
	t.Helper()
	for _, o := range Objects(t, text) {
		require.NoError(t, c.Apply(o, namespace), "%v %v", o["kind"], dig(o, "metadata")["name"])
	}
}

// PatchStatus changes the status of an object, by its path.
func (c *Client) PatchStatus(path string, status any) error {
	_, err := c.do(http.MethodPatch, path+"/status", "application/strategic-merge-patch+json", object{"status": status}, nil)
	return err
}

// Delete deletes an object at once: nobody confirms that a pod has ended.
func (c *Client) Delete(path string) error {
	_, err := c.do(http.MethodDelete, path+"?gracePeriodSeconds=0&propagationPolicy=Background", "", nil, nil)
	return err
}

// path returns the path of an object.
func (c *Client) path(o object, namespace string) (string, error) {
	groupVersion, _ := o["apiVersion"].(string)
	kind, _ := o["kind"].(string)
	r, err := c.resource(groupVersion, kind)
	if err != nil {
		return "", err
	}
	root := "/apis/"
	if !strings.Contains(groupVersion, "/") {
		root = "/api/"
	}
	path := root + groupVersion
	metadata := dig(o, "metadata")
	if own, _ := metadata["namespace"].(string); own != "" {
		namespace = own
	}
	if r.Namespaced {
		path += "/namespaces/" + namespace
	}
	return fmt.Sprintf("%s/%s/%v", path, r.Name, metadata["name"]), nil
}

// resource finds out how the API server calls a kind.
func (c *Client) resource(groupVersion, kind string) (resource, error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if r, ok := c.resources[groupVersion][kind]; ok {
		return r, nil
	}
	root := "/apis/"
	if !strings.Contains(groupVersion, "/") {
		root = "/api/"
	}
	var list struct{ Resources []resource }
	if err := c.Get(root+groupVersion, &list); err != nil {
		return resource{}, fmt.Errorf("no matches for kind %q in version %q: %w", kind, groupVersion, err)
	}
	c.resources[groupVersion] = map[string]resource{}
	for _, r := range list.Resources {
		if !strings.Contains(r.Name, "/") {
			c.resources[groupVersion][r.Kind] = r
		}
	}
	r, ok := c.resources[groupVersion][kind]
	if !ok {
		return r, fmt.Errorf("no matches for kind %q in version %q", kind, groupVersion)
	}
	return r, nil
}

// Objects decodes a stream of YAML.
func Objects(t *testing.T, text string) []map[string]any {
	t.Helper()
	var objects []map[string]any
	for document := range strings.SplitSeq("\n"+text, "\n---") {
		var o map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(document), &o))
		if o != nil {
			objects = append(objects, o)
		}
	}
	return objects
}

// dig follows a path of keys.
func dig(o object, path ...string) object {
	for _, key := range path {
		o, _ = o[key].(object)
	}
	return o
}

func encode(value any) ([]byte, error) { return json.Marshal(value) }
