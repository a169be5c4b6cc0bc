/* gnutls_peer.c - echo server / client on GnuTLS (package libgnutls28-dev).
 *   cc -o gnutls_peer gnutls_peer.c -lgnutls
 *   gnutls_peer server --port 4433 --cert F --key F --priority STRING
 *   gnutls_peer client --port 4433 --ca F --priority STRING
 * gnutls-serv echoes C strings only and binds every address, hence this. --priority is GnuTLS's
 * own language; --data N; --chunk N; --count N (server, 0 = no end); --resume N (client);
 * --timeout S; --tickets 1 (without it session IDs only); --sni NAME; --renegotiate 1 (this side
 * asks, with data before and after); --verify require (server: of a certificate), --verify-later 1 (in
 * the second handshake only). With --ca a client checks the chain, not the name. Anonymous suites need neither.
 * Output: LISTENING port; CONN version=.. cipher=KX/CIPHER/MAC resumed=.. peer=.. group=.. sign=..; RENEGOTIATED,
 * the same fields; DATA bytes=N clean=0|1 (server); OK bytes=N and CLOSED clean=0|1 (client: close_notify came back); ERROR text.
 */
#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
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
static gnutls_certificate_credentials_t cred;
static gnutls_anon_server_credentials_t anon_server;
static gnutls_anon_client_credentials_t anon_client;
static const char *opt(const char *n, const char *d) {
    for (int i = 2; i + 1 < argn; i += 2) if (!strcmp(args[i] + 2, n)) d = args[i + 1]; /* the last counts */
    return d;
}
static int num(const char *n, int d) { const char *v = opt(n, NULL); return v ? atoi(v) : d; }
static int fail(const char *what, int e) {
    printf("ERROR %s %s\n", what, gnutls_strerror_name(e));
    fflush(stdout);
    return 1;
}
/* A session cache of a few entries is all that a test needs. */
static struct { unsigned char id[64], data[16384]; unsigned idn, datan; } cache[64];
static int next_slot;
static int store(void *p, gnutls_datum_t id, gnutls_datum_t data) {
    (void)p;
    if (id.size > sizeof cache->id || data.size > sizeof cache->data) return -1;
    int i = next_slot++ % 64;
    memcpy(cache[i].id, id.data, cache[i].idn = id.size);
    memcpy(cache[i].data, data.data, cache[i].datan = data.size);
    return 0;
}
static gnutls_datum_t fetch(void *p, gnutls_datum_t id) {
    gnutls_datum_t none = {NULL, 0};
    (void)p;
    for (int i = 0; i < 64; i++)
        if (id.size && cache[i].idn == id.size && !memcmp(cache[i].id, id.data, id.size)) {
            gnutls_datum_t d = {gnutls_malloc(cache[i].datan), cache[i].datan};
            memcpy(d.data, cache[i].data, d.size);
            return d;
        }
    return none;
}
static int drop(void *p, gnutls_datum_t id) {
    (void)p;
    for (int i = 0; i < 64; i++)
        if (id.size && cache[i].idn == id.size && !memcmp(cache[i].id, id.data, id.size)) cache[i].idn = 0;
    return 0;
}
static gnutls_datum_t ticket_key;
static int setup(gnutls_session_t *s, unsigned flags, int fd) {
    const char *where;
    int r = gnutls_init(s, flags | (num("tickets", 0) ? 0 : GNUTLS_NO_TICKETS));
    if (r < 0 || (r = gnutls_priority_set_direct(*s, opt("priority", "NORMAL"), &where)) < 0) return r;
    gnutls_credentials_set(*s, GNUTLS_CRD_CERTIFICATE, cred);
    gnutls_credentials_set(*s, GNUTLS_CRD_ANON, flags & GNUTLS_SERVER ? (void *)anon_server : (void *)anon_client);
    gnutls_handshake_set_timeout(*s, GNUTLS_DEFAULT_HANDSHAKE_TIMEOUT);
    if (flags & GNUTLS_SERVER) {
        if (num("tickets", 0)) {
            if (!ticket_key.data) gnutls_session_ticket_key_generate(&ticket_key);
            gnutls_session_ticket_enable_server(*s, &ticket_key);
        }
        gnutls_db_set_store_function(*s, store);
        gnutls_db_set_retrieve_function(*s, fetch);
        gnutls_db_set_remove_function(*s, drop);
        if (!strcmp(opt("verify", "none"), "require")) gnutls_certificate_server_set_request(*s, GNUTLS_CERT_REQUIRE);
    } else {
        if (opt("ca", NULL)) gnutls_session_set_verify_cert(*s, NULL, 0);
        if (opt("sni", NULL)) gnutls_server_name_set(*s, GNUTLS_NAME_DNS, opt("sni", ""), strlen(opt("sni", "")));
    }
    gnutls_transport_set_int(*s, fd);
    return 0;
}
static int handshake(gnutls_session_t s) {
    int r;
    do r = gnutls_handshake(s); while (r < 0 && r != GNUTLS_E_GOT_APPLICATION_DATA && !gnutls_error_is_fatal(r));
    return r;
}
static void report(const char *tag, gnutls_session_t s) {
    char name[256] = "-";
    size_t n = sizeof name;
    unsigned count;
    gnutls_x509_crt_t crt;
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(s, &count);
    if (chain && gnutls_x509_crt_init(&crt) == 0) {
        if (gnutls_x509_crt_import(crt, chain, GNUTLS_X509_FMT_DER) == 0) gnutls_x509_crt_get_dn(crt, name, &n);
        gnutls_x509_crt_deinit(crt);
    }
    const char *group = gnutls_group_get_name(gnutls_group_get(s)), *sign = gnutls_sign_get_name(gnutls_sign_algorithm_get(s));
    printf("%s version=%s cipher=%s/%s/%s resumed=%d peer=%s group=%s sign=%s\n", tag, gnutls_protocol_get_name(gnutls_protocol_get_version(s)),
           gnutls_kx_get_name(gnutls_kx_get(s)), gnutls_cipher_get_name(gnutls_cipher_get(s)),
           gnutls_mac_get_name(gnutls_mac_get(s)), gnutls_session_is_resumed(s), name, group ? group : "-", sign ? sign : "-");
    fflush(stdout);
}
/* Reads, and goes through with a renegotiation that the other side asked for, or agreed to. */
static int receive(gnutls_session_t s, unsigned char *b, size_t n) {
    for (;;) {
        int r = (int)gnutls_record_recv(s, b, n);
        if (r == GNUTLS_E_REHANDSHAKE) {
            if ((r = handshake(s)) < 0) return r;
            report("RENEGOTIATED", s);
        } else if (r != GNUTLS_E_AGAIN && r != GNUTLS_E_INTERRUPTED) {
            return r;
        }
    }
}
static int serve(void) {
    int ls = socket(AF_INET, SOCK_STREAM, 0), one = 1, bad = 0;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)num("port", 0))};
    socklen_t al = sizeof a;
    inet_pton(AF_INET, opt("host", "127.0.0.1"), &a.sin_addr);
    setsockopt(ls, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(ls, (void *)&a, sizeof a) || listen(ls, 8)) { printf("ERROR bind\n"); return 1; }
    getsockname(ls, (void *)&a, &al);
    printf("LISTENING %d\n", ntohs(a.sin_port)); fflush(stdout);
    for (int i = 0; !num("count", 1) || i < num("count", 1); i++) {
        static unsigned char b[16384];
        int fd = accept(ls, NULL, NULL), total = 0, r;
        gnutls_session_t s;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if ((r = setup(&s, GNUTLS_SERVER, fd)) < 0) return fail("setup", r);
        if ((r = handshake(s)) < 0) { bad = fail("accept", r); goto next; }
        report("CONN", s);
        int ask = num("renegotiate", 0);
        while ((r = receive(s, b, sizeof b)) > 0) {
            if (ask && total > 0) {
                ask = 0;
                if (num("verify-later", 0)) gnutls_certificate_server_set_request(s, GNUTLS_CERT_REQUIRE);
                int e = gnutls_rehandshake(s);                 /* a later read does the rest */
                if (e < 0) bad = fail("rehandshake", e);
            }
            for (int off = 0, w; off < r; off += w)
                if ((w = (int)gnutls_record_send(s, b + off, (size_t)(r - off))) < 0) { bad = fail("write", w); break; }
            total += r;
        }
        /* Without a close_notify the read ends in PREMATURE_TERMINATION. */
        if (r < 0) bad = fail("read", r);
        printf("DATA bytes=%d clean=%d\n", total, r == 0);
        gnutls_bye(s, GNUTLS_SHUT_WR);
    next:
        fflush(stdout);
        gnutls_deinit(s);
        close(fd);
    }
    return bad;
}
static int client(void) {
    static unsigned char out[16384], in[16384];
    gnutls_datum_t saved = {NULL, 0};
    int chunk = num("chunk", 16384);
    if (chunk < 1 || chunk > 16384) chunk = 16384;
    for (int i = 0; i <= num("resume", 0); i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, total = 0, r;
        struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)num("port", 4433))};
        gnutls_session_t s;
        inet_pton(AF_INET, opt("host", "127.0.0.1"), &a.sin_addr);
        if (connect(fd, (void *)&a, sizeof a)) { printf("ERROR connect\n"); return 1; }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if ((r = setup(&s, GNUTLS_CLIENT, fd)) < 0) return fail("setup", r);
        if (saved.size) gnutls_session_set_data(s, saved.data, saved.size);
        if ((r = handshake(s)) < 0) return fail("handshake", r);
        report("CONN", s);
        int ask = num("renegotiate", 0);
        for (int want = num("data", 1000); total < want;) {
            if (ask && total >= want / 2) {
                ask = 0;
                if ((r = handshake(s)) < 0) return fail("renegotiate", r);
                report("RENEGOTIATED", s);
            }
            int k = want - total < chunk ? want - total : chunk, off;
            for (int j = 0; j < k; j++) out[j] = (unsigned char)((total + j) * 7 + ((total + j) >> 8));
            for (off = 0; off < k; off += r) if ((r = (int)gnutls_record_send(s, out + off, (size_t)(k - off))) < 0) return fail("write", r);
            for (off = 0; off < k; off += r) if ((r = receive(s, in + off, (size_t)(k - off))) <= 0) return fail("read", r);
            if (memcmp(in, out, (size_t)k)) { printf("ERROR echo differs\n"); return 1; }
            total += k;
        }
        printf("OK bytes=%d\n", total);
        gnutls_session_get_data2(s, &saved);
        printf("CLOSED clean=%d\n", gnutls_bye(s, GNUTLS_SHUT_RDWR) == 0); fflush(stdout);
        gnutls_deinit(s);
        close(fd);
    }
    return 0;
}
int main(int argc, char **argv) {
    int r;
    argn = argc; args = argv;
    if (argc < 2 || (strcmp(argv[1], "server") && strcmp(argv[1], "client"))) { fprintf(stderr, "usage: gnutls_peer server|client [--option value]...\n"); return 2; }
    signal(SIGPIPE, SIG_IGN);
    alarm((unsigned)num("timeout", 30));
    gnutls_certificate_allocate_credentials(&cred);
    gnutls_anon_allocate_server_credentials(&anon_server);
    gnutls_anon_allocate_client_credentials(&anon_client);
    gnutls_certificate_set_known_dh_params(cred, GNUTLS_SEC_PARAM_MEDIUM);
    gnutls_anon_set_server_known_dh_params(anon_server, GNUTLS_SEC_PARAM_MEDIUM);
    if (opt("cert", NULL) && (r = gnutls_certificate_set_x509_key_file(cred, opt("cert", ""), opt("key", ""), GNUTLS_X509_FMT_PEM)) < 0) return fail("cert", r);
    if (opt("ca", NULL) && (r = gnutls_certificate_set_x509_trust_file(cred, opt("ca", ""), GNUTLS_X509_FMT_PEM)) < 0) return fail("ca", r);
    return !strcmp(argv[1], "server") ? serve() : client();
}
