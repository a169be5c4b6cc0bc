/* bearssl_peer.c - echo server / client on BearSSL 0.6 (package libbearssl-dev).
 *   cc -o bearssl_peer bearssl_peer.c -lbearssl
 *   bearssl_peer server --port 4433 --version tls1 --cert rsa.crt.der --key rsa.key.der
 *   bearssl_peer client --port 4433 --version tls1 --ca ca.crt.der --suite 002f
 * Keys and certificates are DER (make-pki.sh writes them).  TLS 1.0 - 1.2,
 * no tickets.  --cert and --key of a client are its certificate, which a
 * server with --ca requires (the certificates are by an RSA CA).  --version tls1|tls1.1|tls1.2 sets
 * minimum and maximum; --suite HEX, --suites lists; --resume N (client);
 * --renegotiate 1 (this side asks, with data before and after); --sni NAME;
 * --data N; --count N; --timeout S.
 * Output: LISTENING port; CONN ..; RENEGOTIATED; DATA bytes=N clean=0|1; OK bytes=N;
 * CLOSED clean=0|1 (client: close_notify came back); ERROR ...
 */
#include <arpa/inet.h>
#include <bearssl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int argn;
static char **args;
static const char *opt(const char *n, const char *d) {
    for (int i = 2; i + 1 < argn; i += 2) if (!strcmp(args[i] + 2, n)) return args[i + 1];
    return d;
}
static int num(const char *n, int d) { const char *v = opt(n, NULL); return v ? atoi(v) : d; }
static unsigned char *slurp(const char *f, size_t *n) {
    FILE *h = fopen(f, "rb");
    unsigned char *b = malloc(65536);
    if (!h) { printf("ERROR cannot read %s\n", f); exit(1); }
    *n = fread(b, 1, 65536, h);
    fclose(h);
    return b;
}
static int rd(void *c, unsigned char *b, size_t n) { ssize_t r = read(*(int *)c, b, n); return r <= 0 ? -1 : (int)r; }
static int wr(void *c, const unsigned char *b, size_t n) { ssize_t r = write(*(int *)c, b, n); return r <= 0 ? -1 : (int)r; }
static void add_dn(void *ctx, const void *b, size_t n) { br_x500_name *d = ctx; memcpy(d->data + d->len, b, n); d->len += n; }
static void report(const char *tag, br_ssl_engine_context *e) {
    br_ssl_session_parameters p;
    const char *sni = br_ssl_engine_get_server_name(e);
    br_ssl_engine_get_session_parameters(e, &p);
    printf("%s version=%04x suite=%04x session=", tag, p.version, p.cipher_suite);
    for (int i = 0; i < p.session_id_len; i++) printf("%02x", p.session_id[i]);
    printf(" sni=%s\n", sni && *sni ? sni : "-");
    fflush(stdout);
}
static void restrict_engine(br_ssl_engine_context *e) {
    static uint16_t suite;
    const char *v = opt("version", "tls1"), *s = opt("suite", NULL);
    unsigned n = !strcmp(v, "tls1") ? BR_TLS10 : !strcmp(v, "tls1.1") ? BR_TLS11 : BR_TLS12;
    br_ssl_engine_set_versions(e, n, n);
    if (s) { suite = (uint16_t)strtoul(s, NULL, 16); br_ssl_engine_set_suites(e, &suite, 1); }
}
static unsigned char iobuf[BR_SSL_BUFSIZE_BIDI];
/* The certificate and key of --cert and --key. */
static br_x509_certificate crt;
static br_skey_decoder_context kd;
static int own(void) {
    size_t n;
    crt.data = slurp(opt("cert", ""), &crt.data_len);
    unsigned char *k = slurp(opt("key", ""), &n);
    br_skey_decoder_init(&kd);
    br_skey_decoder_push(&kd, k, n);
    if (br_skey_decoder_last_error(&kd)) { printf("ERROR key\n"); return 0; }
    return 1;
}
static br_x509_trust_anchor anchor(void) {
    static br_x509_decoder_context dc;
    static unsigned char dn[1024];
    br_x500_name name = {dn, 0};
    size_t n;
    unsigned char *ca = slurp(opt("ca", ""), &n);
    br_x509_decoder_init(&dc, add_dn, &name);
    br_x509_decoder_push(&dc, ca, n);
    return (br_x509_trust_anchor){.dn = name, .flags = BR_X509_TA_CA, .pkey = *br_x509_decoder_get_pkey(&dc)};
}
/* What a server needs to check a client's certificate; a client has it by br_ssl_client_init_full. */
static void require_certificate(br_ssl_server_context *sc, br_x509_minimal_context *xc, const br_x509_trust_anchor *ta) {
    static const br_hash_class *const hashes[] = {&br_sha1_vtable, &br_sha256_vtable, &br_sha384_vtable, &br_sha512_vtable};
    br_x509_minimal_init(xc, &br_sha256_vtable, ta, 1);
    for (int i = 0; i < 4; i++) br_x509_minimal_set_hash(xc, i == 0 ? br_sha1_ID : br_sha256_ID + i - 1, hashes[i]);
    br_x509_minimal_set_rsa(xc, br_rsa_pkcs1_vrfy_get_default());
    br_x509_minimal_set_ecdsa(xc, br_ec_get_default(), br_ecdsa_vrfy_asn1_get_default());
    br_ssl_engine_set_x509(&sc->eng, &xc->vtable);
    br_ssl_engine_set_default_rsavrfy(&sc->eng);
    br_ssl_engine_set_default_ecdsa(&sc->eng);
    br_ssl_server_set_trust_anchor_names_alt(sc, ta, 1);
}

static int serve(void) {
    static br_ssl_session_cache_lru lru;
    static unsigned char store[20000];
    br_x509_trust_anchor ta = {0};
    if (!own()) return 1;
    if (opt("ca", NULL)) ta = anchor();
    br_ssl_session_cache_lru_init(&lru, store, sizeof store);
    int ls = socket(AF_INET, SOCK_STREAM, 0), one = 1, bad = 0;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)num("port", 0))};
    socklen_t al = sizeof a;
    inet_pton(AF_INET, opt("host", "127.0.0.1"), &a.sin_addr);
    setsockopt(ls, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(ls, (void *)&a, sizeof a) || listen(ls, 8)) { printf("ERROR bind\n"); return 1; }
    getsockname(ls, (void *)&a, &al);
    printf("LISTENING %d\n", ntohs(a.sin_port)); fflush(stdout);
    for (int i = 0; !num("count", 1) || i < num("count", 1); i++) {
        static br_ssl_server_context sc;
        static br_x509_minimal_context xc;
        static br_sslio_context io;
        int fd = accept(ls, NULL, NULL), total = 0, r, told = 0;
        static unsigned char b[16384];
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (br_skey_decoder_key_type(&kd) == BR_KEYTYPE_RSA) br_ssl_server_init_full_rsa(&sc, &crt, 1, br_skey_decoder_get_rsa(&kd));
        else br_ssl_server_init_full_ec(&sc, &crt, 1, num("issuer-rsa", 0) ? BR_KEYTYPE_RSA : BR_KEYTYPE_EC, br_skey_decoder_get_ec(&kd));
        restrict_engine(&sc.eng);
        if (opt("ca", NULL)) require_certificate(&sc, &xc, &ta);
        br_ssl_server_set_cache(&sc, &lru.vtable);
        br_ssl_engine_set_buffer(&sc.eng, iobuf, sizeof iobuf, 1);
        br_ssl_server_reset(&sc);
        br_sslio_init(&io, &sc.eng, rd, &fd, wr, &fd);
        while ((r = br_sslio_read(&io, b, sizeof b)) >= 0) {
            if (!told++) report("CONN", &sc.eng);
            if (num("renegotiate", 0) && total > 0 && told == 2 && !br_ssl_engine_renegotiate(&sc.eng)) printf("ERROR renegotiate\n");
            if (br_sslio_write_all(&io, b, (size_t)r) || br_sslio_flush(&io)) break;
            total += r;
        }
        int e = br_ssl_engine_last_error(&sc.eng);
        /* No error: close_notify came. BR_ERR_IO: the stream just ended. */
        if (e && !(e == BR_ERR_IO && told)) { printf("ERROR bearssl %d\n", e); bad = 1; }
        printf("DATA bytes=%d clean=%d\n", total, e == 0); fflush(stdout);
        close(fd);
    }
    return bad;
}
static int client(void) {
    static br_ssl_client_context cc;
    static br_x509_minimal_context xc;
    static unsigned char out[16384], in[16384];
    br_x509_trust_anchor ta = anchor();
    br_ssl_client_init_full(&cc, &xc, &ta, 1);
    if (opt("cert", NULL)) {
        if (!own()) return 1;
        if (br_skey_decoder_key_type(&kd) == BR_KEYTYPE_RSA) br_ssl_client_set_single_rsa(&cc, &crt, 1, br_skey_decoder_get_rsa(&kd), br_rsa_pkcs1_sign_get_default());
        else br_ssl_client_set_single_ec(&cc, &crt, 1, br_skey_decoder_get_ec(&kd), BR_KEYTYPE_SIGN, BR_KEYTYPE_RSA, br_ec_get_default(), br_ecdsa_sign_asn1_get_default());
    }
    restrict_engine(&cc.eng);
    br_ssl_engine_set_buffer(&cc.eng, iobuf, sizeof iobuf, 1);
    for (int i = 0; i <= num("resume", 0); i++) {
        static br_sslio_context io;
        int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, total = 0;
        struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)num("port", 4433))};
        inet_pton(AF_INET, opt("host", "127.0.0.1"), &a.sin_addr);
        if (connect(fd, (void *)&a, sizeof a)) { printf("ERROR connect\n"); return 1; }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        br_ssl_client_reset(&cc, opt("sni", "localhost"), i > 0);     /* also the name checked */
        br_sslio_init(&io, &cc.eng, rd, &fd, wr, &fd);
        if (br_sslio_flush(&io)) { printf("ERROR bearssl %d\n", br_ssl_engine_last_error(&cc.eng)); return 1; }
        report("CONN", &cc.eng);
        int ask = num("renegotiate", 0);
        for (int want = num("data", 1000); total < want;) {
            if (ask && total >= want / 2) {
                ask = 0;
                if (!br_ssl_engine_renegotiate(&cc.eng) || br_sslio_flush(&io)) { printf("ERROR renegotiate %d\n", br_ssl_engine_last_error(&cc.eng)); return 1; }
                report("RENEGOTIATED", &cc.eng);
            }
            int k = want - total < (int)sizeof out ? want - total : (int)sizeof out;
            for (int j = 0; j < k; j++) out[j] = (unsigned char)((total + j) * 7 + ((total + j) >> 8));
            if (br_sslio_write_all(&io, out, (size_t)k) || br_sslio_flush(&io) || br_sslio_read_all(&io, in, (size_t)k)) { printf("ERROR bearssl %d\n", br_ssl_engine_last_error(&cc.eng)); return 1; }
            if (memcmp(in, out, (size_t)k)) { printf("ERROR echo differs\n"); return 1; }
            total += k;
        }
        printf("OK bytes=%d\n", total);
        printf("CLOSED clean=%d\n", br_sslio_close(&io)); fflush(stdout);
        close(fd);
    }
    return 0;
}
int main(int argc, char **argv) {
    argn = argc; args = argv;
    if (argc < 2) { fprintf(stderr, "usage: bearssl_peer server|client [--option value]...\n"); return 2; }
    signal(SIGPIPE, SIG_IGN);
    alarm((unsigned)num("timeout", 30));
    return !strcmp(argv[1], "server") ? serve() : client();
}
