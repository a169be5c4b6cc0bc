// go_peer.go - echo server / client on Go's crypto/tls (package golang-go).
//
//	GO111MODULE=off go build -o go_peer go_peer.go
//	go_peer server --port 4433 --version tls1 --cert F --key F
//	go_peer client --port 4433 --version tls1 --ciphers TLS_RSA_WITH_RC4_128_SHA --ca F
//
// --version tls1|tls1.1|tls1.2 is the only one; --ciphers: Go's names, with commas (default: every
// one, those that Go calls insecure too); --ca F (client: checks chain and --sni; server: knows a
// client's certificate); --verify none|request|require (server); --tickets 1 (without it no
// resumption: Go has no session IDs); --renegotiate 1 (client: follows the server);
// --alpn NAME,NAME; --data N; --chunk N; --count N (server, 0 = no end); --resume N (client);
// --timeout S.
// Output: LISTENING port; CONN version=.. cipher=.. resumed=.. peer=.. sni=.. alpn=..;
// DATA bytes=N clean=0|1 (server); OK bytes=N and CLOSED clean=0|1 (client: close_notify came
// back); ERROR text.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

var fs = flag.NewFlagSet("go_peer", flag.ExitOnError)
var host = fs.String("host", "127.0.0.1", "")
var port = fs.Int("port", 0, "")
var version = fs.String("version", "tls1", "")
var ciphers = fs.String("ciphers", "", "")
var cert = fs.String("cert", "", "")
var key = fs.String("key", "", "")
var ca = fs.String("ca", "", "")
var verify = fs.String("verify", "none", "")
var sni = fs.String("sni", "localhost", "")
var alpn = fs.String("alpn", "", "")
var tickets = fs.Int("tickets", 0, "")
var renegotiate = fs.Int("renegotiate", 0, "")
var data = fs.Int("data", 1000, "")
var chunk = fs.Int("chunk", 16384, "")
var count = fs.Int("count", 1, "")
var resume = fs.Int("resume", 0, "")
var timeout = fs.Int("timeout", 30, "")

func say(f string, a ...interface{}) { fmt.Printf(f+"\n", a...) }

func fail(err error) {
	say("ERROR %v", err)
	os.Exit(1)
}

func config() *tls.Config {
	v, known := map[string]uint16{"tls1": tls.VersionTLS10, "tls1.1": tls.VersionTLS11,
		"tls1.2": tls.VersionTLS12}[*version]
	if !known {
		fail(fmt.Errorf("no version %s", *version))
	}
	c := &tls.Config{MinVersion: v, MaxVersion: v, ServerName: *sni, InsecureSkipVerify: *ca == "",
		SessionTicketsDisabled: *tickets == 0}
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if *ciphers == "" || strings.Contains(","+*ciphers+",", ","+s.Name+",") {
			c.CipherSuites = append(c.CipherSuites, s.ID)
		}
	}
	if *cert != "" {
		p, err := tls.LoadX509KeyPair(*cert, *key)
		if err != nil {
			fail(err)
		}
		c.Certificates = []tls.Certificate{p}
	}
	if *ca != "" {
		pem, err := os.ReadFile(*ca)
		if err != nil {
			fail(err)
		}
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(pem)
		c.RootCAs, c.ClientCAs = pool, pool
	}
	c.ClientAuth = map[string]tls.ClientAuthType{"none": tls.NoClientCert,
		"request": tls.VerifyClientCertIfGiven, "require": tls.RequireAndVerifyClientCert}[*verify]
	if *renegotiate != 0 {
		c.Renegotiation = tls.RenegotiateFreelyAsClient
	}
	if *alpn != "" {
		c.NextProtos = strings.Split(*alpn, ",")
	}
	c.ClientSessionCache = tls.NewLRUClientSessionCache(8)
	return c
}

// wire remembers whether the stream itself has ended: Go reports close_notify and such an end alike.
type wire struct {
	net.Conn
	ended bool
}

func (w *wire) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	w.ended = w.ended || err != nil
	return n, err
}

// clean tells whether err, of a read of TLS over w, is a close_notify.
func (w *wire) clean(err error) int {
	if err == io.EOF && !w.ended {
		return 1
	}
	return 0
}

func orNone(s string) string {
	if s == "" {
		return "-"
	}
	return strings.ReplaceAll(s, " ", "_")
}

func report(c *tls.Conn) {
	s := c.ConnectionState()
	peer, resumed := "", 0
	if len(s.PeerCertificates) > 0 {
		peer = s.PeerCertificates[0].Subject.String()
	}
	if s.DidResume {
		resumed = 1
	}
	say("CONN version=%04x cipher=%s resumed=%d peer=%s sni=%s alpn=%s", s.Version,
		tls.CipherSuiteName(s.CipherSuite), resumed, orNone(peer), orNone(s.ServerName),
		orNone(s.NegotiatedProtocol))
}

// echo returns the bytes it sent back, and what ended it.
func echo(t *tls.Conn) (int, error) {
	b, total := make([]byte, 16384), 0
	for {
		n, err := t.Read(b)
		if n > 0 {
			if _, e := t.Write(b[:n]); e != nil {
				return total, e
			}
			total += n
		}
		if err != nil {
			return total, err
		}
	}
}

func serve(c *tls.Config) int {
	l, err := net.Listen("tcp", fmt.Sprintf("%s:%d", *host, *port))
	if err != nil {
		fail(err)
	}
	say("LISTENING %d", l.Addr().(*net.TCPAddr).Port)
	bad := 0
	for i := 0; *count == 0 || i < *count; i++ {
		raw, err := l.Accept()
		if err != nil {
			fail(err)
		}
		w := &wire{Conn: raw}
		t := tls.Server(w, c)
		if err := t.Handshake(); err != nil {
			say("ERROR %v", err)
			bad = 1
			raw.Close()
			continue
		}
		report(t)
		n, err := echo(t)
		say("DATA bytes=%d clean=%d", n, w.clean(err))
		t.Close()
	}
	return bad
}

func connect(c *tls.Config) {
	raw, err := net.Dial("tcp", fmt.Sprintf("%s:%d", *host, *port))
	if err != nil {
		fail(err)
	}
	w := &wire{Conn: raw}
	t := tls.Client(w, c)
	if err := t.Handshake(); err != nil {
		fail(err)
	}
	report(t)
	out, back := make([]byte, *data), make([]byte, *data)
	for i := range out {
		out[i] = byte(i*7 + i>>8)
	}
	for off := 0; off < len(out); off += *chunk {
		end := off + *chunk
		if end > len(out) {
			end = len(out)
		}
		if _, err := t.Write(out[off:end]); err != nil {
			fail(err)
		}
		if _, err := io.ReadFull(t, back[off:end]); err != nil {
			fail(err)
		}
	}
	if !bytes.Equal(out, back) {
		fail(fmt.Errorf("echo differs"))
	}
	say("OK bytes=%d", len(out))
	if err := t.CloseWrite(); err != nil {
		fail(err)
	}
	_, err = t.Read(make([]byte, 1))
	say("CLOSED clean=%d", w.clean(err))
	t.Close()
}

func main() {
	if len(os.Args) < 2 || os.Args[1] != "server" && os.Args[1] != "client" {
		fmt.Fprintln(os.Stderr, "usage: go_peer server|client [--option value]...")
		os.Exit(2)
	}
	fs.Parse(os.Args[2:])
	time.AfterFunc(time.Duration(*timeout)*time.Second, func() { fail(fmt.Errorf("timeout")) })
	c := config()
	if os.Args[1] == "server" {
		os.Exit(serve(c))
	}
	for i := 0; i <= *resume; i++ {
		connect(c)
	}
}
