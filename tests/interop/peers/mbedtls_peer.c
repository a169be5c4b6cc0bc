/* mbedtls_peer.c - echo server / client on mbed TLS 2.28 (package libmbedtls-dev).
 *   cc -o mbedtls_peer mbedtls_peer.c -lmbedtls -lmbedx509 -lmbedcrypto
 *   mbedtls_peer server --port 4433 --version tls1 --cert F --key F
 *   mbedtls_peer client --port 4433 --version tls1 --ciphers TLS-RSA-WITH-AES-128-CBC-SHA
 * TLS 1.0 - 1.2 (Debian leaves SSLv3, RC4, 3DES and NULL out of the library).
 * --version: tls1 tls1.1 tls1.2, sets minimum and maximum; --psk ID:HEX; --resume N;
 * --renegotiate 1 (this side asks, with data before and after); --verify none|request|require; --ca F; --sni NAME; --split 0 switches
 * 1/n-1 record splitting off; --tickets 0|1; --data N; --count N; --timeout S; "suites" lists.
 * Output: LISTENING port; CONN ..; RENEGOTIATED; DATA bytes=N clean=0|1; OK bytes=N;
 * CLOSED clean=0|1 (client: close_notify came back); ERROR ...
 */
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cache.h>
#include <mbedtls/ssl_internal.h>
#include <mbedtls/ssl_ticket.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

static int argn;
static char **args;
static const char *opt(const char *name, const char *dflt) {
    for (int i = 2; i + 1 < argn; i += 2)
        if (!strcmp(args[i] + 2, name)) return args[i + 1];
    return dflt;
}
static int num(const char *name, int dflt) { const char *v = opt(name, NULL); return v ? atoi(v) : dflt; }
static int have_session;
static mbedtls_ssl_config conf;
static mbedtls_ctr_drbg_context rng;
static int fail(const char *what, int e) {
    char b[128];
    mbedtls_strerror(e, b, sizeof b);
    printf("ERROR %s -0x%04x %s\n", what, -e, b);
    fflush(stdout);
    return 1;
}
static void report(const char *tag, mbedtls_ssl_context *s) {
    char name[256] = "-";
    const mbedtls_x509_crt *c = mbedtls_ssl_get_peer_cert(s);
    if (c) mbedtls_x509_dn_gets(name, sizeof name, &c->subject);
    for (char *p = name; *p; p++) if (*p == ' ') *p = '_';
    printf("%s version=%s cipher=%s peer=%s verify=%x\n", tag, mbedtls_ssl_get_version(s), mbedtls_ssl_get_ciphersuite(s), name, mbedtls_ssl_get_verify_result(s));
    fflush(stdout);
}
static int handshake(mbedtls_ssl_context *s) {
    int r;
    while ((r = mbedtls_ssl_handshake(s)) == MBEDTLS_ERR_SSL_WANT_READ || r == MBEDTLS_ERR_SSL_WANT_WRITE) { }
    return r;
}
static int run(int server, mbedtls_net_context *fd, mbedtls_ssl_session *session) {
    mbedtls_ssl_context s;
    static unsigned char out[16384], in[16384];
    int r, bad = 0, total = 0, asked = 0, one = 1;
    setsockopt(fd->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    mbedtls_ssl_init(&s);
    mbedtls_ssl_setup(&s, &conf);
    mbedtls_ssl_set_bio(&s, fd, mbedtls_net_send, mbedtls_net_recv, NULL);
    if (!server && opt("sni", NULL)) mbedtls_ssl_set_hostname(&s, opt("sni", ""));
    if (!server && have_session) mbedtls_ssl_set_session(&s, session);
    if ((r = handshake(&s)) != 0) { bad = fail("handshake", r); goto end; }
    report("CONN", &s);
    if (server) {
        for (;;) {
            r = mbedtls_ssl_read(&s, in, sizeof in);
            if (r == MBEDTLS_ERR_SSL_WANT_READ || r == MBEDTLS_ERR_SSL_WANT_WRITE) continue;
            if (r <= 0) { if (r != 0 && r != MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY && r != MBEDTLS_ERR_NET_CONN_RESET) bad = fail("read", r); break; }
            int n = r;
            if (num("renegotiate", 0) && total > 0 && !asked++) {
                if ((r = mbedtls_ssl_renegotiate(&s)) != 0 && r != MBEDTLS_ERR_SSL_WANT_READ) bad = fail("renegotiate", r);
                else printf("HELLOREQUEST sent\n");          /* a later read does the rest */
            }
            /* n-1 splitting hides in here: a write may take part only */
            for (int off = 0; off < n; off += r) if ((r = mbedtls_ssl_write(&s, in + off, (size_t)(n - off))) < 0) { bad = fail("write", r); goto end; }
            total += n;
        }
        if (s.renego_status == MBEDTLS_SSL_RENEGOTIATION_DONE) report("RENEGOTIATED", &s);
        printf("DATA bytes=%d clean=%d\n", total, r == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY);
    } else {
        for (int want = num("data", 1000); total < want; ) {
            if (num("renegotiate", 0) && total >= want / 2 && !asked++ && (r = mbedtls_ssl_renegotiate(&s)) != 0) {
                bad = fail("renegotiate", r);
                goto end;
            }
            int k = want - total < (int)sizeof out ? want - total : (int)sizeof out, off = 0;
            for (int i = 0; i < k; i++) out[i] = (unsigned char)((total + i) * 7 + ((total + i) >> 8));
            while (off < k) { if ((r = mbedtls_ssl_write(&s, out + off, (size_t)(k - off))) < 0) { bad = fail("write", r); goto end; } off += r; }
            for (off = 0; off < k; off += r) if ((r = mbedtls_ssl_read(&s, in + off, (size_t)(k - off))) <= 0) { bad = fail("read", r); goto end; }
            if (memcmp(in, out, (size_t)k)) { printf("ERROR echo differs\n"); bad = 1; goto end; }
            total += k;
        }
        if (s.renego_status == MBEDTLS_SSL_RENEGOTIATION_DONE) report("RENEGOTIATED", &s);
        printf("OK bytes=%d\n", total);
        have_session = mbedtls_ssl_get_session(&s, session) == 0;
    }
    mbedtls_ssl_close_notify(&s);
    if (!server) printf("CLOSED clean=%d\n", mbedtls_ssl_read(&s, in, sizeof in) == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY);
end:
    fflush(stdout);
    mbedtls_ssl_free(&s);
    mbedtls_net_free(fd);
    return bad;
}
int main(int argc, char **argv) {
    static mbedtls_entropy_context ent;
    static mbedtls_x509_crt own, ca;
    static mbedtls_pk_context key;
    static mbedtls_ssl_cache_context cache;
    static mbedtls_ssl_ticket_context tick;
    static int suites[64];
    argn = argc; args = argv;
    if (argc < 2) { fprintf(stderr, "usage: mbedtls_peer server|client|suites [--option value]...\n"); return 2; }
    if (!strcmp(argv[1], "suites")) { for (const int *l = mbedtls_ssl_list_ciphersuites(); *l; l++) printf("%04x %s\n", *l, mbedtls_ssl_get_ciphersuite_name(*l)); return 0; }
    int server = !strcmp(argv[1], "server"), r, bad = 0;
    const char *v = opt("version", "tls1"), *c = opt("ciphers", NULL), *psk = opt("psk", NULL), *verify = opt("verify", "none");
    signal(SIGPIPE, SIG_IGN);
    alarm((unsigned)num("timeout", 30));
    mbedtls_entropy_init(&ent);
    mbedtls_ctr_drbg_init(&rng);
    mbedtls_ctr_drbg_seed(&rng, mbedtls_entropy_func, &ent, NULL, 0);
    mbedtls_ssl_config_init(&conf);
    mbedtls_ssl_config_defaults(&conf, server, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
    mbedtls_ssl_conf_rng(&conf, mbedtls_ctr_drbg_random, &rng);
    int minor = !strcmp(v, "tls1") ? 1 : !strcmp(v, "tls1.1") ? 2 : 3;
    mbedtls_ssl_conf_min_version(&conf, 3, minor);
    mbedtls_ssl_conf_max_version(&conf, 3, minor);
    static mbedtls_x509_crt_profile any = {.allowed_mds = 0xfffffff, .allowed_pks = 0xfffffff, .allowed_curves = 0xfffffff, .rsa_min_bitlen = 0};
    mbedtls_ssl_conf_cert_profile(&conf, &any);          /* SHA-1, short keys: fine here */
    if (c) {
        char *l = strdup(c);
        int n = 0;
        for (char *t = strtok(l, ","); t && n < 63; t = strtok(NULL, ",")) suites[n++] = mbedtls_ssl_get_ciphersuite_id(t);
        mbedtls_ssl_conf_ciphersuites(&conf, suites);
    }
    if (opt("cert", NULL)) {
        if ((r = mbedtls_x509_crt_parse_file(&own, opt("cert", "")))) return fail("cert", r);
        if ((r = mbedtls_pk_parse_keyfile(&key, opt("key", ""), NULL))) return fail("key", r);
        mbedtls_ssl_conf_own_cert(&conf, &own, &key);
    }
    if (opt("ca", NULL)) { mbedtls_x509_crt_parse_file(&ca, opt("ca", "")); mbedtls_ssl_conf_ca_chain(&conf, &ca, NULL); }
    mbedtls_ssl_conf_authmode(&conf, server ? (!strcmp(verify, "require") ? MBEDTLS_SSL_VERIFY_REQUIRED : !strcmp(verify, "request") ? MBEDTLS_SSL_VERIFY_OPTIONAL : MBEDTLS_SSL_VERIFY_NONE)
                                            : opt("ca", NULL) ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_NONE);
    if (psk) {
        unsigned char k[32]; unsigned x; size_t n = 0;
        for (const char *h = strchr(psk, ':') + 1; n < 32 && sscanf(h + 2 * n, "%2x", &x) == 1; n++) k[n] = (unsigned char)x;
        mbedtls_ssl_conf_psk(&conf, k, n, (const unsigned char *)psk, (size_t)(strchr(psk, ':') - psk));
    }
    mbedtls_ssl_conf_renegotiation(&conf, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
    mbedtls_ssl_conf_legacy_renegotiation(&conf, MBEDTLS_SSL_LEGACY_ALLOW_RENEGOTIATION);
    if (!num("split", 1)) mbedtls_ssl_conf_cbc_record_splitting(&conf, MBEDTLS_SSL_CBC_RECORD_SPLITTING_DISABLED);
    if (server) {
        mbedtls_ssl_cache_init(&cache);
        mbedtls_ssl_conf_session_cache(&conf, &cache, mbedtls_ssl_cache_get, mbedtls_ssl_cache_set);
        if (num("tickets", 0)) {
            mbedtls_ssl_ticket_init(&tick);
            mbedtls_ssl_ticket_setup(&tick, mbedtls_ctr_drbg_random, &rng, MBEDTLS_CIPHER_AES_256_GCM, 3600);
            mbedtls_ssl_conf_session_tickets_cb(&conf, mbedtls_ssl_ticket_write, mbedtls_ssl_ticket_parse, &tick);
        }
        mbedtls_net_context l, fd;
        if ((r = mbedtls_net_bind(&l, opt("host", "127.0.0.1"), opt("port", "0"), MBEDTLS_NET_PROTO_TCP))) return fail("bind", r);
        struct sockaddr_in a; socklen_t al = sizeof a;
        getsockname(l.fd, (struct sockaddr *)&a, &al);
        printf("LISTENING %d\n", ntohs(a.sin_port)); fflush(stdout);
        for (int i = 0; !num("count", 1) || i < num("count", 1); i++) {
            if (mbedtls_net_accept(&l, &fd, NULL, 0, NULL)) break;
            bad |= run(1, &fd, NULL);
        }
    } else {
        mbedtls_ssl_session keep;
        mbedtls_ssl_session_init(&keep);
        mbedtls_ssl_conf_session_tickets(&conf, num("tickets", 0));
        for (int i = 0; i <= num("resume", 0) && !bad; i++) {
            mbedtls_net_context fd;
            if ((r = mbedtls_net_connect(&fd, opt("host", "127.0.0.1"), opt("port", "4433"), MBEDTLS_NET_PROTO_TCP))) return fail("connect", r);
            bad |= run(0, &fd, &keep);
        }
    }
    return bad;
}
