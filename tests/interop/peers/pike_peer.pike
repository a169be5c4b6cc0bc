#!/usr/bin/pike8.0
/* TLS peer on Pike 8.0's own, pure-Pike SSL module (package pike8.0-core).
 *
 *   pike8.0 pike_peer.pike server --port=4433 --version=ssl3 --suites=0005 --cert=F --key=F
 *   pike8.0 pike_peer.pike client --port=4433 --version=tls1 --suites=0005,000a
 *
 * --version is ssl3, tls1, tls1.1, tls1.2 or a range such as ssl3-tls1.2.
 * --suites is a comma list of hex codes (default: everything Pike has,
 * strongest first).  More: --ca=F --verify=none|request|require --sni=NAME
 * --data=N --chunk=N --count=N (0 = no end) --resume=N --renegotiate --timeout=S
 *
 * One client process may run many tests: --each=HEX=PORT=BYTES,.. runs each suite in turn
 * under a line CELL HEX, and goes on after one that failed.
 *
 * Output: LISTENING port; CONN version= suite= resumed= peer= sni=;
 * RENEGOTIATED suite=; DATA bytes=N clean=0|1; OK bytes=N; CLOSED clean=0|1; ERROR text.
 */
mapping opt;
int bad;

string get(string k, string d) { return undefinedp(opt[k]) ? d : (string)opt[k]; }
int num(string k, int d) { return undefinedp(opt[k]) ? d : (int)opt[k]; }
void say(string s) { write("%s\n", s); }

constant V = (["ssl3": 0x300, "tls1": 0x301, "tls1.1": 0x302, "tls1.2": 0x303]);

string der(string file) { return Standards.PEM.simple_decode(Stdio.read_file(file)); }

/* add_cert() reads RSA keys itself, keys of curves only as PKCS #8, and no DSA keys at all. */
string|Crypto.Sign.State key(string file) {
  string d = der(file);
  return has_value(Stdio.read_file(file), "BEGIN EC") ? Standards.PKCS.ECDSA.parse_private_key(d) : d;
}

SSL.Context context(int is_server) {
  SSL.Context c = SSL.Context();
  array(string) v = get("version", "tls1") / "-";
  c->min_version = V[v[0]];
  c->max_version = V[v[-1]];
  /* get_suites(-1) lists all, the NULL ciphers included. */
  array(int) all = c->get_suites(-1, 2);
  /* anon and NULL suites have to be named to be taken */
  c->preferred_suites = all;
  if (opt->suites) c->preferred_suites = map(get("suites", "") / ",", lambda(string h) { int x; sscanf(h, "%x", x); return x; });
  if (opt->cert) c->add_cert(key(opt->key), ({ der(opt->cert) }), ({ "*" }));
  if (opt->ca) {
    c->verify_certificates = 1;
    c->set_trusted_issuers(({ ({ der(opt->ca) }) }));
    if (is_server) c->set_authorities(({ der(opt->ca) }));
  }
  if (is_server) {
    string a = get("verify", "none");
    c->auth_level = a == "require" ? SSL.Constants.AUTHLEVEL_require : a == "request" ? SSL.Constants.AUTHLEVEL_ask : SSL.Constants.AUTHLEVEL_none;
  }
  c->preferred_auth_methods = ({ SSL.Constants.AUTH_rsa_sign, SSL.Constants.AUTH_dss_sign, SSL.Constants.AUTH_ecdsa_sign });
  return c;
}

void report(string tag, SSL.File f) {
  array certs = f->get_peer_certificates();
  say(sprintf("%s version=%04x suite=%04x resumed=%d peer=%s sni=%s", tag, (int)f->query_version(), f->query_suite(),
              f->query_connection()->reuse, certs && sizeof(certs) ? sprintf("%d_bytes", sizeof(certs[0])) : "-",
              f->query_connection()->session->server_name || "-"));
}

string pattern(int n) {
  String.Buffer b = String.Buffer();
  for (int i = 0; i < n; i++) b->putchar((i * 7 + (i >> 8)) & 255);
  return b->get();
}

int server() {
  SSL.Context c = context(1);
  Stdio.Port p = Stdio.Port();
  if (!p->bind(num("port", 0), 0, get("host", "127.0.0.1"))) { say("ERROR bind"); return 1; }
  say("LISTENING " + (p->query_address() / " ")[1]);
  for (int i = 0; !num("count", 1) || i < num("count", 1); i++) {
    Stdio.File raw = p->accept();
    SSL.File f = SSL.File(raw, c);
    f->set_blocking();
    mixed e = catch {
      if (!f->accept()) { say("ERROR accept " + strerror(f->errno())); bad = 1; raw->close(); continue; }
      int total = 0, told = 0, reneg = 0;
      report("CONN", f);
      object first = f->query_connection()->current_write_state;
      while (1) {
        string s = f->read(65536, 1);
        if (!s || s == "") break;
        if (opt->renegotiate && !reneg++) f->renegotiate();
        f->write(s);
        total += sizeof(s);
        if (f->query_connection()->current_write_state != first && !told++) report("RENEGOTIATED", f);
      }
      int peer_closed = !!(f->query_connection()->state & SSL.Constants.CONNECTION_peer_closed);
      /* A bare end of stream sets that state too, but then close() fails. */
      f->close(0, 1, 1);
      say(sprintf("DATA bytes=%d clean=%d", total, peer_closed && !f->errno()));
    };
    if (e) { bad = 1; say("ERROR " + describe_error(e)); catch { raw->close(); }; }
  }
  return bad;
}

int client() {
  SSL.Context c = context(0);
  SSL.Session saved;
  for (int i = 0; i <= num("resume", 0); i++) {
    Stdio.File raw = Stdio.File();
    if (!raw->connect(get("host", "127.0.0.1"), num("port", 4433))) { say("ERROR connect"); return 1; }
    SSL.File f = SSL.File(raw, c);
    f->set_blocking();
    if (!f->connect(opt->sni, saved)) { say("ERROR handshake " + strerror(f->errno())); return 1; }
    report("CONN", f);
    if (opt->renegotiate) {
      object first = f->query_connection()->current_write_state;
      f->renegotiate();
      f->write("");
    }
    string d = pattern(num("data", 1000)), back = "";
    int chunk = num("chunk", 16384);
    for (int off = 0; off < sizeof(d); off += chunk) {
      string part = d[off..off + chunk - 1];
      if (f->write(part) != sizeof(part)) { say("ERROR write"); return 1; }
      back += f->read(sizeof(part)) || "";
    }
    if (opt->renegotiate) report("RENEGOTIATED", f);
    if (back != d) { say(sprintf("ERROR echo %d of %d bytes", sizeof(back), sizeof(d))); return 1; }
    say("OK bytes=" + sizeof(d));
    saved = f->query_connection()->session;
    f->close(0, 1, 1);                  /* waits for the peer's close_notify */
    say(sprintf("CLOSED clean=%d", f->errno() == 0));
  }
  return 0;
}

int main(int argc, array(string) argv) {
  array(string) rest = ({});
  opt = ([]);
  foreach (argv[1..], string a)         /* Arg.parse would stop at the first word */
    if (has_prefix(a, "--")) { array kv = a[2..] / "="; opt[kv[0]] = sizeof(kv) > 1 ? kv[1..] * "=" : "1"; }
    else rest += ({ a });
  alarm(num("timeout", 60));          /* never outlive a test run */
  if (!sizeof(rest)) { werror("usage: pike8.0 pike_peer.pike server|client|suites --port=N ...\n"); return 2; }
  if (rest[0] == "suites") {
    foreach (sort(indices(SSL.Constants.CIPHER_SUITES)), int s) say(sprintf("%04x %s", s, SSL.Constants.fmt_cipher_suite(s)));
    return 0;
  }
  int r = 1;
  if (opt->each) {
    r = 0;
    foreach (get("each", "") / ",", string pair) {
      [opt->suites, opt->port, opt->data] = pair / "=";
      say("CELL " + opt->suites);
      mixed e = catch { r |= client(); };
      if (e) { say("ERROR " + describe_error(e)); r = 1; }
    }
    return r;
  }
  mixed e = catch { r = rest[0] == "server" ? server() : client(); };
  if (e) say("ERROR " + describe_error(e));
  return r;
}
