package browser

import (
	"github.com/chromedp/chromedp"
)

// pdf prints the page.
func (p *tab) pdf() []byte {
	p.t.Helper()
	return value(p, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPrintBackground()))
}
