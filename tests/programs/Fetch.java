// Fetch URL [TIMES]: what HttpsURLConnection gets, with the settings that the command line has made.
import java.net.URL;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.HttpsURLConnection;

class Fetch {
  public static void main(String[] args) throws Exception {
    int times = args.length > 1 ? Integer.parseInt(args[1]) : 1;
    for (int i = 0; i < times; ++i) {
      HttpsURLConnection c = (HttpsURLConnection) new URL(args[0]).openConnection();
      // A connection for each, so that sessions are resumed.
      c.setRequestProperty("Connection", "close");
      System.out.println(new String(c.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      System.out.println("suite " + c.getCipherSuite());
    }
  }
}
