/* nss_peer.c - echo server / client on NSS (package libnss3-dev).
 *   cc -o nss_peer nss_peer.c $(pkg-config --cflags --libs nss)
 *   nss_peer server --port 4433 --version ssl3 --db DIR --nick rsa
 *   nss_peer client --port 4433 --version tls1 --db DIR --suite 002f
 * selfserv and tstclnt cannot echo, hence this. --version ssl3|tls1|tls1.1|tls1.2 sets minimum
 * and maximum; --suite HEX (default: every suite NSS has); --data N; --chunk N; --count N
 * (server, 0 = no end); --resume N (client); --timeout S; --tickets 1 (without it session IDs only);
 * --renegotiate 1 (this side asks, with data before and after); --verify require (server: of a
 * certificate), --verify-later 1 (in the second handshake only); --group N and --scheme HEX, one for all; client: --nick NAME (its certificate), --sni NAME,
 * --fallback-scsv 1.
 * The certificate of the server is checked against the CAs of DIR, the name is not.
 * Output: LISTENING port; CONN version=.. suite=.. resumed=.. peer=..; RENEGOTIATED, the same fields;
 * DATA bytes=N clean=0|1 (server);
 * OK bytes=N and CLOSED clean=0|1 (client: close_notify came back); ERROR text.
 */
#include <cert.h>
#include <keyhi.h>
#include <nspr.h>
#include <nss.h>
#include <pk11func.h>
#include <signal.h>
#include <ssl.h>
#include <sslproto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int argn;
static char **args;
static const char *opt(const char *n, const char *d) {
    for (int i = 2; i + 1 < argn; i += 2) if (!strcmp(args[i] + 2, n)) return args[i + 1];
    return d;
}
static int num(const char *n, int d) { const char *v = opt(n, NULL); return v ? atoi(v) : d; }
static int fail(const char *what) {
    PRErrorCode e = PR_GetError();
    printf("ERROR %s %d %s\n", what, e, PR_ErrorToName(e) ? PR_ErrorToName(e) : "?");
    fflush(stdout);
    return 1;
}
/* NSS reads 0 at close_notify and at a bare end of stream alike; the alert tells them apart. */
static int closed_cleanly;
static void on_alert(const PRFileDesc *s, void *arg, const SSLAlert *a) {
    (void)s; (void)arg;
    if (a->description == 0) closed_cleanly = 1;
}
static void report(const char *tag, PRFileDesc *s) {
    SSLChannelInfo i;
    CERTCertificate *crt = SSL_PeerCertificate(s);
    SSL_GetChannelInfo(s, &i, sizeof i);
    printf("%s version=%04x suite=%04x resumed=%d peer=%s\n", tag, i.protocolVersion, i.cipherSuite, i.resumed != 0, crt ? crt->subjectName : "-");
    fflush(stdout);
    if (crt) CERT_DestroyCertificate(crt);
}
static void on_handshake(PRFileDesc *s, void *count) {
    report(++*(int *)count == 1 ? "CONN" : "RENEGOTIATED", s);
}
static void require_certificate(PRFileDesc *s) {
    SSL_OptionSet(s, SSL_REQUEST_CERTIFICATE, PR_TRUE);
    SSL_OptionSet(s, SSL_REQUIRE_CERTIFICATE, SSL_REQUIRE_ALWAYS);
}
/* This side asks; a server waits for what becomes of it. */
static int renegotiate(PRFileDesc *s) {
    if (num("verify-later", 0)) require_certificate(s);
    return SSL_ReHandshake(s, PR_TRUE) == SECSuccess && SSL_ForceHandshake(s) == SECSuccess;
}
/* The model: every socket of the process is a copy of its settings. */
static PRFileDesc *model(void) {
    const char *v = opt("version", "tls1"), *suite = opt("suite", NULL);
    PRUint16 n = !strcmp(v, "ssl3") ? 0x300 : !strcmp(v, "tls1") ? 0x301 : !strcmp(v, "tls1.1") ? 0x302 : 0x303;
    SSLVersionRange r = {n, n};
    PRFileDesc *m = SSL_ImportFD(NULL, PR_NewTCPSocket());
    const PRUint16 *all = SSL_GetImplementedCiphers();
    for (int i = 0; i < SSL_GetNumImplementedCiphers(); i++) {
        SSL_CipherPolicySet(all[i], SSL_ALLOWED);
        SSL_CipherPrefSet(m, all[i], !suite || strtoul(suite, NULL, 16) == all[i]);
    }
    if (SSL_VersionRangeSet(m, &r) != SECSuccess) { fail("version"); exit(1); }
    SSL_OptionSet(m, SSL_ENABLE_SESSION_TICKETS, num("tickets", 0) != 0);
    SSL_OptionSet(m, SSL_ENABLE_FALLBACK_SCSV, num("fallback-scsv", 0) != 0);
    SSL_OptionSet(m, SSL_ENABLE_SERVER_DHE, PR_TRUE);
    if (!strcmp(opt("verify", "none"), "require")) require_certificate(m);
    /* Another group or signature than its first: by the protocol's numbers. */
    if (opt("group", NULL)) {
        SSLNamedGroup g = (SSLNamedGroup)strtoul(opt("group", ""), NULL, 10);
        if (SSL_NamedGroupConfig(m, &g, 1) != SECSuccess) { fail("group"); exit(1); }
    }
    if (opt("scheme", NULL)) {
        SSLSignatureScheme g = (SSLSignatureScheme)strtoul(opt("scheme", ""), NULL, 16);
        if (SSL_SignatureSchemePrefSet(m, &g, 1) != SECSuccess) { fail("scheme"); exit(1); }
    }
    SSL_OptionSet(m, SSL_ENABLE_RENEGOTIATION, SSL_RENEGOTIATE_UNRESTRICTED);
    return m;
}
static int serve(void) {
    PRFileDesc *m = model(), *ls = PR_NewTCPSocket();
    CERTCertificate *crt = PK11_FindCertFromNickname(opt("nick", "rsa"), NULL);
    SECKEYPrivateKey *key = crt ? PK11_FindKeyByAnyCert(crt, NULL) : NULL;
    PRNetAddr a;
    PRSocketOptionData one = {.option = PR_SockOpt_Reuseaddr, .value.reuse_addr = PR_TRUE};
    int bad = 0;
    if (!key) return fail("key");
    SSL_ConfigServerSessionIDCache(0, 0, 0, NULL);
    if (SSL_ConfigServerCert(m, crt, key, NULL, 0) != SECSuccess) return fail("cert");
    PR_InitializeNetAddr(PR_IpAddrLoopback, (PRUint16)num("port", 0), &a);
    PR_SetSocketOption(ls, &one);
    if (PR_Bind(ls, &a) != PR_SUCCESS || PR_Listen(ls, 8) != PR_SUCCESS) return fail("bind");
    PR_GetSockName(ls, &a);
    printf("LISTENING %d\n", PR_ntohs(a.inet.port)); fflush(stdout);
    for (int i = 0; !num("count", 1) || i < num("count", 1); i++) {
        static unsigned char b[16384];
        PRFileDesc *s = SSL_ImportFD(m, PR_Accept(ls, NULL, PR_INTERVAL_NO_TIMEOUT));
        PRSocketOptionData nodelay = {.option = PR_SockOpt_NoDelay, .value.no_delay = PR_TRUE};
        int r, total = 0, handshakes = 0, ask = num("renegotiate", 0);
        PR_SetSocketOption(s, &nodelay);
        SSL_ResetHandshake(s, PR_TRUE);
        SSL_HandshakeCallback(s, on_handshake, &handshakes);
        closed_cleanly = 0;
        SSL_AlertReceivedCallback(s, on_alert, NULL);
        if (SSL_ForceHandshake(s) != SECSuccess) { bad = fail("accept"); PR_Close(s); continue; }
        while ((r = PR_Read(s, b, sizeof b)) > 0) {
            if (ask && total > 0) {
                ask = 0;
                if (!renegotiate(s)) { bad = fail("renegotiate"); break; }
            }
            for (int off = 0, w; off < r; off += w)
                if ((w = PR_Write(s, b + off, r - off)) <= 0) { bad = fail("write"); break; }
            total += r;
        }
        if (r < 0) bad = fail("read");
        printf("DATA bytes=%d clean=%d\n", total, closed_cleanly); fflush(stdout);
        PR_Close(s);
    }
    return bad;
}
static int client(void) {
    static unsigned char out[16384], in[16384];
    PRFileDesc *m = model();
    PRNetAddr a;
    int chunk = num("chunk", 16384);
    if (chunk < 1 || chunk > 16384) chunk = 16384;
    PR_InitializeNetAddr(PR_IpAddrLoopback, (PRUint16)num("port", 4433), &a);
    for (int i = 0; i <= num("resume", 0); i++) {
        PRFileDesc *s = SSL_ImportFD(m, PR_NewTCPSocket());
        PRSocketOptionData nodelay = {.option = PR_SockOpt_NoDelay, .value.no_delay = PR_TRUE};
        int r, total = 0, handshakes = 0, ask = num("renegotiate", 0);
        SSL_SetURL(s, opt("sni", "localhost"));                 /* part of the session cache's key */
        if (PR_Connect(s, &a, PR_INTERVAL_NO_TIMEOUT) != PR_SUCCESS) return fail("connect");
        PR_SetSocketOption(s, &nodelay);
        SSL_ResetHandshake(s, PR_FALSE);
        SSL_HandshakeCallback(s, on_handshake, &handshakes);
        if (opt("nick", NULL)) SSL_GetClientAuthDataHook(s, NSS_GetClientAuthData, (void *)opt("nick", NULL));
        closed_cleanly = 0;
        SSL_AlertReceivedCallback(s, on_alert, NULL);
        if (SSL_ForceHandshake(s) != SECSuccess) return fail("handshake");
        for (int want = num("data", 1000); total < want;) {
            if (ask && total >= want / 2) {
                ask = 0;
                if (!renegotiate(s)) return fail("renegotiate");
            }
            int k = want - total < chunk ? want - total : chunk, off;
            for (int j = 0; j < k; j++) out[j] = (unsigned char)((total + j) * 7 + ((total + j) >> 8));
            for (off = 0; off < k; off += r) if ((r = PR_Write(s, out + off, k - off)) <= 0) return fail("write");
            for (off = 0; off < k; off += r) if ((r = PR_Read(s, in + off, k - off)) <= 0) return fail("read");
            if (memcmp(in, out, (size_t)k)) { printf("ERROR echo differs\n"); return 1; }
            total += k;
        }
        printf("OK bytes=%d\n", total);
        PR_Shutdown(s, PR_SHUTDOWN_SEND);           /* sends close_notify */
        PR_Read(s, in, sizeof in);
        printf("CLOSED clean=%d\n", closed_cleanly); fflush(stdout);
        PR_Close(s);
    }
    return 0;
}
int main(int argc, char **argv) {
    char db[4096];
    argn = argc; args = argv;
    if (argc < 2 || (strcmp(argv[1], "server") && strcmp(argv[1], "client"))) { fprintf(stderr, "usage: nss_peer server|client --db DIR [--option value]...\n"); return 2; }
    signal(SIGPIPE, SIG_IGN);
    alarm((unsigned)num("timeout", 30));
    snprintf(db, sizeof db, "sql:%s", opt("db", "nssdb"));
    PR_Init(PR_USER_THREAD, PR_PRIORITY_NORMAL, 0);
    if (NSS_Init(db) != SECSuccess) return fail("database");
    int r = !strcmp(argv[1], "server") ? serve() : client();
    fflush(stdout);
    _exit(r);
}
