/*
 * JssePeer.java - TLS server / client on Java's JSSE.
 *
 *   java JssePeer.java server --port 4433 --version SSLv3 --ciphers SSL_RSA_WITH_RC4_128_MD5 --p12 server.p12
 *   java JssePeer.java client --port 4433 --version TLSv1 --ca ca.crt
 *
 * Runs straight from source (JDK 11+); compile once with javac -d DIR for
 * speed.  Everything the JDK switches off by default is switched on again
 * before any JSSE class loads, so SSLv3, SSLv2Hello, RC4, DES, 3DES, NULL,
 * anon and export suites are all reachable.
 *
 * The JVM takes a second to start, so one client process may run many tests:
 * --each CIPHER=PORT=BYTES,CIPHER=PORT=BYTES runs each in turn under a line
 * CELL CIPHER, and goes on after one that failed.
 *
 * Output lines: LISTENING port; CONN version=.. cipher=.. resumed=.. peer=..
 * sni=..; RENEGOTIATED cipher=..; DATA bytes=N clean=1; OK bytes=N;
 * CLOSED clean=1 (client: close_notify came back); ERROR text.
 * Exit status 0 when every connection did what was asked.
 */
import java.io.*;
import java.net.*;
import java.security.*;
import java.security.cert.*;
import java.security.cert.Certificate;
import java.util.*;
import java.util.concurrent.*;
import javax.net.ssl.*;

public class JssePeer {
    static final Map<String, String> o = new HashMap<>();

    static String get(String k, String d) { return o.getOrDefault("--" + k, d); }
    static int num(String k, int d) { return Integer.parseInt(get(k, "" + d)); }
    static boolean yes(String k) { return get(k, "0").equals("1"); }

    static final String USAGE = String.join("\n",
        "usage: java JssePeer.java server|client|suites --port N [--host A]",
        "  --version SSLv3|TLSv1|TLSv1.1|TLSv1.2|TLSv1.3, comma list; add SSLv2Hello for the v2 hello format",
        "  --ciphers NAME,NAME  (JSSE names; SSL_ALL or TLS_ALL: everything supported)",
        "  --p12 F,F  (own keys, password --p12-password, default secret)   --ca F (PEM; without it nothing is checked)",
        "  --verify none|request|require (server)   --sni NAME (client)",
        "  --data N --chunk N (client: bytes to echo, bytes a write)   --text 1   --get PATH (client: HTTP)",
        "  --count N (server: connections, 0 = no end)   --resume N (client: more connections, same session)",
        "  --tickets 0|1   --renegotiate 0|1 (this side asks, with data before and after)   --dh-bits N   --ems 0|1",
        "  --verify-later 1 (server: requires a certificate in the second handshake only)",
        "  --groups NAME,NAME   --schemes NAME,NAME (of signatures)   --each CIPHER=PORT=BYTES,.. (client)   --timeout S");

    public static void main(String[] a) throws Exception {
        if (a.length < 1) { System.err.println(USAGE); System.exit(2); }
        for (int i = 1; i + 1 < a.length; i += 2) o.put(a[i], a[i + 1]);
        for (String p : new String[] {"jdk.tls.disabledAlgorithms", "jdk.tls.legacyAlgorithms", "jdk.certpath.disabledAlgorithms"})
            Security.setProperty(p, "");
        System.setProperty("sun.security.ssl.allowUnsafeRenegotiation", "true");
        System.setProperty("sun.security.ssl.allowLegacyHelloMessages", "true");
        // With EMS on, the JDK never resumes a session of a peer that lacks it
        // (all peers of SSLv3 / TLS 1.0 age), so it is off unless --ems 1.
        System.setProperty("jdk.tls.useExtendedMasterSecret", "" + yes("ems"));
        // The JDK would pick x25519 for a client that names no groups.
        System.setProperty("jdk.tls.namedGroups", get("groups", "secp256r1,secp384r1,secp521r1,x25519,ffdhe2048"));
        for (String side : new String[] {"client", "server"})
            if (o.containsKey("--schemes")) System.setProperty("jdk.tls." + side + ".SignatureSchemes", get("schemes", ""));
        System.setProperty("jdk.tls.ephemeralDHKeySize", get("dh-bits", "1024"));
        System.setProperty("jdk.tls.client.enableSessionTicketExtension", "" + yes("tickets"));
        System.setProperty("jdk.tls.server.enableSessionTicketExtension", "" + yes("tickets"));
        System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "false");
        // Otherwise the end of the stream passes for a close_notify.
        System.setProperty("com.sun.net.ssl.requireCloseNotify", "true");
        // A stuck handshake must not outlive the test run.
        Thread t = new Thread(() -> {
            try { Thread.sleep(num("timeout", 60) * 1000L); } catch (InterruptedException e) { return; }
            System.out.println("ERROR timeout"); System.out.flush(); Runtime.getRuntime().halt(1);
        });
        t.setDaemon(true);
        t.start();
        int r = 1;
        try {
            r = a[0].equals("server") ? server() : a[0].equals("client") ? (o.containsKey("--each") ? each() : client()) : suites();
        } catch (Exception e) {
            System.out.println("ERROR " + e);
            if (yes("stack")) e.printStackTrace();
        }
        System.out.flush();
        Runtime.getRuntime().halt(r);
    }

    static SSLContext context() throws Exception {
        KeyManager[] km = null;
        if (o.containsKey("--p12")) {
            char[] pw = get("p12-password", "secret").toCharArray();
            KeyStore ks = KeyStore.getInstance("PKCS12");
            ks.load(null, pw);
            for (String file : get("p12", "").split(",")) {
                KeyStore one = KeyStore.getInstance("PKCS12");
                try (InputStream in = new FileInputStream(file)) { one.load(in, pw); }
                for (String alias : Collections.list(one.aliases()))
                    if (one.isKeyEntry(alias)) ks.setKeyEntry(alias, one.getKey(alias, pw), pw, one.getCertificateChain(alias));
            }
            KeyManagerFactory f = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            f.init(ks, pw);
            km = f.getKeyManagers();
        }
        TrustManager[] tm;
        if (o.containsKey("--ca")) {
            KeyStore ts = KeyStore.getInstance(KeyStore.getDefaultType());
            ts.load(null, null);
            try (InputStream in = new FileInputStream(get("ca", ""))) {
                for (Certificate ca : CertificateFactory.getInstance("X.509").generateCertificates(in))
                    ts.setCertificateEntry("ca" + ts.size(), ca);
            }
            TrustManagerFactory f = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            f.init(ts);
            tm = f.getTrustManagers();
        } else {
            tm = new TrustManager[] {new X509ExtendedTrustManager() {
                public void checkClientTrusted(X509Certificate[] c, String s) {}
                public void checkServerTrusted(X509Certificate[] c, String s) {}
                public void checkClientTrusted(X509Certificate[] c, String s, Socket k) {}
                public void checkServerTrusted(X509Certificate[] c, String s, Socket k) {}
                public void checkClientTrusted(X509Certificate[] c, String s, SSLEngine e) {}
                public void checkServerTrusted(X509Certificate[] c, String s, SSLEngine e) {}
                public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
            }};
        }
        SSLContext c = SSLContext.getInstance("TLS");
        c.init(km, tm, new SecureRandom());
        return c;
    }

    static int suites() throws Exception {
        SSLContext c = context();
        System.out.println("provider " + c.getProvider());
        System.out.println("protocols " + String.join(" ", c.getSupportedSSLParameters().getProtocols()));
        for (String s : c.getSupportedSSLParameters().getCipherSuites()) System.out.println(s);
        return 0;
    }

    static String[] protocols() { return get("version", "TLSv1").split(","); }
    static String[] ciphers(String[] all) {
        String c = get("ciphers", "SSL_ALL");
        return c.equals("SSL_ALL") || c.equals("TLS_ALL") ? all : c.split(",");
    }

    static final Set<String> seen = new HashSet<>();     // session IDs: one met before was resumed; says nothing of tickets

    static void report(String tag, SSLSocket s) {
        SSLSession e = s.getSession();
        String peer = "-", sni = "-";
        try { peer = ((X509Certificate) e.getPeerCertificates()[0]).getSubjectX500Principal().getName().replace(' ', '_'); } catch (Exception x) { }
        if (e instanceof ExtendedSSLSession) {
            try { List<SNIServerName> n = ((ExtendedSSLSession) e).getRequestedServerNames(); if (!n.isEmpty()) sni = new String(n.get(0).getEncoded()); } catch (Exception x) { }
        }
        StringBuilder id = new StringBuilder();
        for (byte b : e.getId()) id.append(String.format("%02x", b));
        System.out.println(tag + " version=" + e.getProtocol() + " cipher=" + e.getCipherSuite()
            + (yes("tickets") ? "" : " resumed=" + (id.length() > 0 && !seen.add(id.toString()) ? 1 : 0)) + " peer=" + peer + " sni=" + sni);
        System.out.flush();
    }

    /* JSSE's startHandshake() on a live connection only sends the first
     * message; reading completes the handshake.  Older peers take no data in
     * between, so read (nothing is due) until it is over. */
    static void renegotiate(SSLSocket s) throws Exception {
        int[] done = {0};
        s.addHandshakeCompletedListener(ev -> done[0]++);
        s.getSession().invalidate();                 // ask for a full handshake
        s.startHandshake();
        s.setSoTimeout(200);
        for (int i = 0; i < 25 && done[0] == 0; i++) {
            try { if (s.getInputStream().read() >= 0) throw new IOException("data while renegotiating"); break; }
            catch (SocketTimeoutException e) { }
        }
        s.setSoTimeout(0);
        if (done[0] == 0) throw new IOException("renegotiation did not finish");
        report("RENEGOTIATED", s);
    }

    static int server() throws Exception {
        SSLContext c = context();
        try (SSLServerSocket ls = (SSLServerSocket) c.getServerSocketFactory()
                .createServerSocket(num("port", 0), 16, InetAddress.getByName(get("host", "127.0.0.1")))) {
            ls.setEnabledProtocols(protocols());
            ls.setEnabledCipherSuites(ciphers(ls.getSupportedCipherSuites()));
            String v = get("verify", "none");
            if (v.equals("require")) ls.setNeedClientAuth(true);
            else if (v.equals("request")) ls.setWantClientAuth(true);
            System.out.println("LISTENING " + ls.getLocalPort());
            System.out.flush();
            int bad = 0, n = num("count", 1);
            for (int i = 0; n == 0 || i < n; i++) {
                try (SSLSocket s = (SSLSocket) ls.accept()) {
                    s.setTcpNoDelay(true);
                    s.startHandshake();
                    report("CONN", s);
                    SSLSession first = s.getSession();   // another one after a renegotiation
                    InputStream in = s.getInputStream();
                    OutputStream out = s.getOutputStream();
                    byte[] b = new byte[65536];
                    int k, total = 0;
                    boolean told = false, asked = false;
                    while ((k = in.read(b)) >= 0) {
                        if (yes("renegotiate") && !asked && total > 0) {
                            asked = told = true;
                            if (yes("verify-later")) s.setNeedClientAuth(true);
                            s.setSoTimeout(150);         // let the client go quiet: it waits for its echo
                            try { for (int m; k < b.length && (m = in.read(b, k, b.length - k)) >= 0; ) k += m; }
                            catch (SocketTimeoutException e) { }
                            renegotiate(s);
                        }
                        out.write(b, 0, k);
                        total += k;
                        if (s.getSession() != first && !told) { report("RENEGOTIATED", s); told = true; }
                    }
                    System.out.println("DATA bytes=" + total + " clean=1");    // else read() had thrown
                } catch (IOException e) {
                    bad = 1;
                    System.out.println("ERROR " + e);
                }
                System.out.flush();
            }
            return bad;
        }
    }

    static int each() {
        int bad = 0;
        for (String pair : get("each", "").split(",")) {
            String[] p = pair.split("=");
            o.put("--ciphers", p[0]);
            o.put("--port", p[1]);
            o.put("--data", p[2]);
            System.out.println("CELL " + p[0]);
            try {
                bad |= client();
            } catch (Exception e) {
                bad = 1;
                System.out.println("ERROR " + e);
            }
            System.out.flush();
        }
        return bad;
    }

    static int client() throws Exception {
        SSLContext c = context();
        for (int i = 0; i <= num("resume", 0); i++) {
            // Host and port as given to createSocket key the session cache.
            try (SSLSocket s = (SSLSocket) c.getSocketFactory().createSocket(get("host", "127.0.0.1"), num("port", 4433))) {
                s.setTcpNoDelay(true);
                s.setEnabledProtocols(protocols());
                s.setEnabledCipherSuites(ciphers(s.getSupportedCipherSuites()));
                if (o.containsKey("--sni")) {
                    SSLParameters p = s.getSSLParameters();
                    p.setServerNames(List.of(new SNIHostName(get("sni", ""))));
                    s.setSSLParameters(p);
                }
                s.startHandshake();
                report("CONN", s);
                SSLSession first = s.getSession();       // another one after a renegotiation
                boolean asked = false;
                InputStream in = s.getInputStream();
                OutputStream out = s.getOutputStream();
                if (o.containsKey("--get")) {
                    out.write(("GET " + get("get", "/") + " HTTP/1.0\r\n\r\n").getBytes());
                    System.out.println("OK bytes=" + in.readAllBytes().length);
                    continue;
                }
                int want = num("data", 1000), chunk = num("chunk", 16384);
                byte[] d = new byte[want];
                for (int j = 0; j < want; j++) d[j] = (byte) (yes("text") ? j % chunk == chunk - 1 || j == want - 1 ? '\n' : 'a' + (j + (j >> 8)) % 26 : j * 7 + (j >> 8));
                for (int off = 0; off < want; off += chunk) {
                    int k = Math.min(chunk, want - off);
                    if (yes("renegotiate") && !asked && off >= want / 2) { asked = true; renegotiate(s); }
                    out.write(d, off, k);
                    out.flush();
                    byte[] back = in.readNBytes(k);
                    if (!Arrays.equals(back, Arrays.copyOfRange(d, off, off + k))) { System.out.println("ERROR echo differs (" + back.length + " bytes)"); return 1; }
                }
                if (s.getSession() != first && !asked) report("RENEGOTIATED", s);
                System.out.println("OK bytes=" + want);
                s.shutdownOutput();
                System.out.println("CLOSED clean=" + (in.read() < 0 ? 1 : 0));
            }
        }
        return 0;
    }
}
