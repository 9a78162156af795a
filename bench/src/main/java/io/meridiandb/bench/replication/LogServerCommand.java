package io.meridiandb.bench.replication;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.system.DataFolder;
import io.meridiandb.kernel.system.SystemClocks;
import io.meridiandb.kernel.system.SystemEvents;
import io.meridiandb.server.launcher.LogOutput;
import io.meridiandb.server.net.Endpoint;
import io.meridiandb.server.net.GrpcTransport;
import io.meridiandb.server.net.NetServer;
import io.meridiandb.server.net.TransportConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bench log-server}: one server of {@code bench log} and {@code bench idle-groups} as a
 * process of its own. It is asked by lines on its standard input, answers each with one, and ends
 * with its input.
 */
@Command(name = "log-server", hidden = true, description = "One server of `bench log`.")
public final class LogServerCommand implements Callable<Integer> {
  private static final Pattern SPACE = Pattern.compile(" ");
  private static final Duration GRACE = Duration.ofMillis(200);

  @Option(names = "--server", required = true)
  long server;

  @Option(names = "--servers", required = true)
  int servers;

  @Option(names = "--groups", required = true)
  int groups;

  @Option(names = "--port", required = true, description = "Of server 1; the others follow.")
  int port;

  @Option(names = "--data", required = true)
  Path data = Path.of("");

  @Override
  public Integer call() throws Exception {
    LogOutput.forServer();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try (DataFolder folder = LogServer.folder(data, new ServerId(server))) {
      SystemEvents events =
          new SystemEvents("bench-" + server, System.getLogger("io.meridiandb.bench"));
      GrpcTransport transport =
          new GrpcTransport(
              new TransportConfig(folder.identity(), new SystemClocks().bootId(), true, peers()),
              events);
      try (LogServer running =
          LogServer.start(folder, transport, events, new LogServer.Shape(servers, groups))) {
        NetServer net =
            NetServer.start(
                endpoint(server),
                toClient -> {
                  throw new IllegalStateException("this server has no SQL");
                },
                transport);
        transport.start();
        out.println("started");
        answer(running, out);
        net.stop(GRACE);
      } finally {
        transport.stop();
      }
    }
    return 0;
  }

  private SortedMap<ServerId, Endpoint> peers() {
    SortedMap<ServerId, Endpoint> peers = new TreeMap<>();
    for (long id = 1; id <= servers; id++) {
      peers.put(new ServerId(id), endpoint(id));
    }
    return peers;
  }

  private Endpoint endpoint(long id) {
    return new Endpoint("127.0.0.1", port + (int) id - 1);
  }

  private static void answer(LogServer server, PrintStream out) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = SPACE.split(line);
      switch (words[0]) {
        case "leading" -> out.println(server.leading());
        case "applied" -> out.println(server.applied());
        case "heap" -> out.println(heapBytes());
        case "run" -> out.println(run(server, words));
        default -> throw new IOException("not understood: " + line);
      }
    }
  }

  private static String run(LogServer server, String[] words) throws Exception {
    LogLoad load =
        new LogLoad(server.strand(), server.first(), Integer.parseInt(words[3]), System::nanoTime);
    Histogram done =
        load.run(Integer.parseInt(words[1]), Duration.ofSeconds(Long.parseLong(words[2])));
    return LogFigures.of(done).line();
  }

  /** What is in use after a collection: the second one takes what the first only marked. */
  private static long heapBytes() {
    System.gc();
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
