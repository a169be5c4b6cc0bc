/* openssl_peer.c - echo server / client on OpenSSL 3 (libssl-dev) or BoringSSL
 * (android-libboringssl-dev); one source, for the API is the same.
 *   cc -o openssl3_peer openssl_peer.c -lssl -lcrypto
 *   cc -I/usr/include/android -o boringssl_peer openssl_peer.c -L... -lssl -lcrypto
 *   openssl3_peer server --port 4433 --version tls1.2 --cert F --key F --ciphers LIST
 *   openssl3_peer client --port 4433 --version tls1.2 --ca F
 * --version tls1|tls1.1|tls1.2|any sets minimum and maximum; --ciphers LIST; --sigalgs LIST and
 * --groups LIST in OpenSSL's words;
 * --cert F --key F (up to 4, one a kind of key); --ca F (a client then checks chain and --sni);
 * --verify none|request|require (server); --verify-later 1 (server: requires a certificate in the
 * second handshake only); --renegotiate 1 (this side asks, with data before and after; not
 * BoringSSL's, which only follows, as client); --tickets 0|1; --fallback-scsv 1 (client);
 * --alpn NAME,NAME; --data N; --chunk N; --count N (server, 0 = no end); --resume N (client);
 * --timeout S.
 * Output: LISTENING port; CONN version=.. cipher=.. resumed=.. peer=.. sni=.. group=.. alpn=..;
 * RENEGOTIATED, the same fields; DATA bytes=N clean=0|1 (server); OK bytes=N and CLOSED clean=0|1
 * (client: close_notify came back); ERROR text.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int argn;
static char **args;
static const char *nth(const char *n, int which, const char *d) {
    for (int i = 2; i + 1 < argn; i += 2) if (!strcmp(args[i] + 2, n) && which-- == 0) return args[i + 1];
    return d;
}
/* The last one counts. */
static const char *opt(const char *n, const char *d) {
    for (int i = 2; i + 1 < argn; i += 2) if (!strcmp(args[i] + 2, n)) d = args[i + 1];
    return d;
}
static int num(const char *n, int d) { const char *v = opt(n, NULL); return v ? atoi(v) : d; }
static int fail(const char *what) {
    char b[256];
    unsigned long e = ERR_get_error();
    if (e) ERR_error_string_n(e, b, sizeof b);
    printf("ERROR %s %s\n", what, e ? b : "(no error of the library)");
    ERR_clear_error();
    fflush(stdout);
    return 1;
}
static void need(int ok, const char *what) { if (!ok) { fail(what); exit(1); } }
/* Finished handshakes of the current connection: 2 = renegotiated. */
static int handshakes;
static void on_info(const SSL *s, int where, int value) {
    (void)s; (void)value;
    if (where & SSL_CB_HANDSHAKE_DONE) handshakes++;
}
/* "a,b" as the protocol writes it. */
static unsigned alpn_list(unsigned char *out) {
    unsigned n = 0;
    for (const char *p = opt("alpn", ""); *p;) {
        size_t k = strcspn(p, ",");
        out[n++] = (unsigned char)k;
        memcpy(out + n, p, k);
        n += (unsigned)k;
        p += k + (p[k] == ',');
    }
    return n;
}
static int choose_alpn(SSL *s, const unsigned char **out, unsigned char *outn, const unsigned char *in, unsigned n, void *arg) {
    static unsigned char ours[256];
    (void)s; (void)arg;
    return SSL_select_next_proto((unsigned char **)out, outn, ours, alpn_list(ours), in, n) == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}
static SSL_CTX *context(int server) {
    static const struct { const char *name; int low, high; } versions[] = {
        {"tls1", TLS1_VERSION, TLS1_VERSION}, {"tls1.1", TLS1_1_VERSION, TLS1_1_VERSION},
        {"tls1.2", TLS1_2_VERSION, TLS1_2_VERSION}, {"any", TLS1_VERSION, TLS1_2_VERSION}};
    SSL_CTX *c = SSL_CTX_new(TLS_method());
    const char *verify = opt("verify", "none"), *ca = opt("ca", NULL);
    unsigned k = 0;
    while (k < 4 && strcmp(versions[k].name, opt("version", "any"))) k++;
    need(c && k < 4, "version");
#ifndef OPENSSL_IS_BORINGSSL
    SSL_CTX_set_security_level(c, 0);
    SSL_CTX_set_options(c, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    SSL_CTX_set_dh_auto(c, 1);
#endif
    need(SSL_CTX_set_min_proto_version(c, (unsigned short)versions[k].low) && SSL_CTX_set_max_proto_version(c, (unsigned short)versions[k].high), "version");
    need(SSL_CTX_set_cipher_list(c, opt("ciphers", "ALL")), "ciphers");
    if (opt("sigalgs", NULL)) need(SSL_CTX_set1_sigalgs_list(c, opt("sigalgs", NULL)), "sigalgs");
    if (opt("groups", NULL)) need(SSL_CTX_set1_curves_list(c, opt("groups", NULL)), "groups");
    if (!num("tickets", 1)) SSL_CTX_set_options(c, SSL_OP_NO_TICKET);
    if (num("fallback-scsv", 0)) SSL_CTX_set_mode(c, SSL_MODE_SEND_FALLBACK_SCSV);
    SSL_CTX_set_mode(c, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_info_callback(c, on_info);
    for (int i = 0; nth("cert", i, NULL); i++) {
        need(SSL_CTX_use_certificate_chain_file(c, nth("cert", i, NULL)) == 1, "cert");
        need(SSL_CTX_use_PrivateKey_file(c, nth("key", i, ""), SSL_FILETYPE_PEM) == 1, "key");
    }
    if (ca) {
        need(SSL_CTX_load_verify_locations(c, ca, NULL), "ca");
        if (server) SSL_CTX_set_client_CA_list(c, SSL_load_client_CA_file(ca));
    }
    int mode = !strcmp(verify, "require") ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT : !strcmp(verify, "request") ? SSL_VERIFY_PEER : SSL_VERIFY_NONE;
    SSL_CTX_set_verify(c, server ? mode : ca ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_session_id_context(c, (const unsigned char *)"peer", 4);
    if (opt("alpn", NULL)) {
        unsigned char list[256];
        if (server) SSL_CTX_set_alpn_select_cb(c, choose_alpn, NULL);
        else SSL_CTX_set_alpn_protos(c, list, alpn_list(list));
    }
    return c;
}
static void report(SSL *s, const char *tag) {
    char name[256] = "-";
    X509 *x = SSL_get_peer_certificate(s);
    const char *sni = SSL_get_servername(s, TLSEXT_NAMETYPE_host_name), *group = NULL;
    const unsigned char *alpn;
    unsigned n;
    if (x) X509_NAME_oneline(X509_get_subject_name(x), name, sizeof name);
    X509_free(x);
    for (char *p = name; *p; p++) if (*p == ' ') *p = '_';
#ifdef OPENSSL_IS_BORINGSSL
    group = SSL_get_curve_name(SSL_get_curve_id(s));
#else
    group = SSL_group_to_name(s, (int)SSL_get_negotiated_group(s));
#endif
    SSL_get0_alpn_selected(s, &alpn, &n);
    printf("%s version=%s cipher=%s resumed=%d peer=%s sni=%s group=%s alpn=%.*s\n", tag, SSL_get_version(s),
           SSL_CIPHER_get_name(SSL_get_current_cipher(s)), SSL_session_reused(s), name, sni ? sni : "-",
           group ? group : "-", n ? (int)n : 1, n ? (const char *)alpn : "-");
    fflush(stdout);
}
/* A server's wish is heard by a client that reads; its hello is then met by a later read. */
static int ask(SSL *s) {
    if (num("verify-later", 0)) SSL_set_verify(s, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return SSL_renegotiate(s) == 1 && SSL_do_handshake(s) == 1;
}
static int serve(void) {
    SSL_CTX *c = context(1);
    int ls = socket(AF_INET, SOCK_STREAM, 0), one = 1, bad = 0;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)num("port", 0))};
    socklen_t al = sizeof a;
    inet_pton(AF_INET, opt("host", "127.0.0.1"), &a.sin_addr);
    setsockopt(ls, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(ls, (void *)&a, sizeof a) || listen(ls, 16)) { perror("ERROR bind"); return 1; }
    getsockname(ls, (void *)&a, &al);
    printf("LISTENING %d\n", ntohs(a.sin_port)); fflush(stdout);
    for (int n = 0; !num("count", 1) || n < num("count", 1); n++) {
        static unsigned char b[16384];
        int fd = accept(ls, NULL, NULL), r, total = 0, asking = num("renegotiate", 0), told = 0;
        SSL *s = SSL_new(c);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        handshakes = 0;
        SSL_set_fd(s, fd);
        if (SSL_accept(s) != 1) { bad = fail("accept"); goto next; }
        report(s, "CONN");
        while ((r = SSL_read(s, b, sizeof b)) > 0) {
            if (asking && total > 0) {
                asking = 0;
                if (!ask(s)) { bad = fail("renegotiate"); break; }
                handshakes = 1;                      /* the HelloRequest counts as one there */
            }
            if (SSL_write(s, b, r) != r) { bad = fail("write"); break; }
            total += r;
            if (handshakes > 1 && !told++) report(s, "RENEGOTIATED");
        }
        if (handshakes > 1 && !told++) report(s, "RENEGOTIATED");
        int end = SSL_get_error(s, r);
        if (r < 0) bad = fail("read");
        printf("DATA bytes=%d clean=%d\n", total, end == SSL_ERROR_ZERO_RETURN);
        SSL_shutdown(s);
    next:
        fflush(stdout);
        ERR_clear_error();
        SSL_free(s);
        close(fd);
    }
    return bad;
}
static int client(void) {
    SSL_CTX *c = context(0);
    SSL_SESSION *saved = NULL;
    int chunk = num("chunk", 16384);
    if (chunk < 1 || chunk > 16384) chunk = 16384;
    for (int n = 0; n <= num("resume", 0); n++) {
        static unsigned char out[16384], in[16384];
        int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, r, asking = num("renegotiate", 0), total = 0;
        struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)num("port", 4433))};
        SSL *s = SSL_new(c);
        inet_pton(AF_INET, opt("host", "127.0.0.1"), &a.sin_addr);
        if (connect(fd, (void *)&a, sizeof a)) { perror("ERROR connect"); return 1; }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (opt("sni", NULL)) {
            SSL_set_tlsext_host_name(s, opt("sni", ""));
            if (opt("ca", NULL)) X509_VERIFY_PARAM_set1_host(SSL_get0_param(s), opt("sni", ""), strlen(opt("sni", "")));
        }
#ifdef OPENSSL_IS_BORINGSSL
        SSL_set_renegotiate_mode(s, ssl_renegotiate_freely);
#endif
        if (saved) SSL_set_session(s, saved);
        handshakes = 0;
        SSL_set_fd(s, fd);
        if (SSL_connect(s) != 1) return fail("connect");
        report(s, "CONN");
        for (int want = num("data", 1000); total < want;) {
            if (asking && total >= want / 2) { asking = 0; if (!ask(s)) return fail("renegotiate"); }
            int k = want - total < chunk ? want - total : chunk;
            for (int j = 0; j < k; j++) out[j] = (unsigned char)((total + j) * 7 + ((total + j) >> 8));
            if (SSL_write(s, out, k) != k) return fail("write");
            for (int off = 0; off < k; off += r) if ((r = SSL_read(s, in + off, k - off)) <= 0) return fail("read");
            if (memcmp(in, out, (size_t)k)) { printf("ERROR echo differs\n"); return 1; }
            total += k;
        }
        if (handshakes > 1) report(s, "RENEGOTIATED");
        printf("OK bytes=%d\n", total);
        saved = SSL_get1_session(s);
        /* 0: ours is sent, theirs has not come; the second call waits for it. */
        if ((r = SSL_shutdown(s)) == 0) r = SSL_shutdown(s);
        printf("CLOSED clean=%d\n", r == 1); fflush(stdout);
        SSL_free(s);
        close(fd);
    }
    return 0;
}
int main(int argc, char **argv) {
    argn = argc; args = argv;
    if (argc < 2 || (strcmp(argv[1], "server") && strcmp(argv[1], "client"))) { fprintf(stderr, "usage: %s server|client [--option value]...\n", argv[0]); return 2; }
    signal(SIGPIPE, SIG_IGN);
    alarm((unsigned)num("timeout", 30));
    int r = !strcmp(argv[1], "server") ? serve() : client();
    fflush(stdout);
    _exit(r);
}
