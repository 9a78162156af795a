package io.meridiandb.bench.layers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

/**
 * Attributes the CPU of this JVM to layers. While work runs, the flight recorder takes a stack
 * every 10 ms of each running thread; a sample belongs to the layer of the innermost frame that
 * names one. Shares are exact to about one percent after a few thousand samples.
 */
final class LayerProfile {
  /** Prefix of a class name, and the layer that it means; the first that fits wins. */
  private static final Map<String, String> LAYERS = new LinkedHashMap<>();

  static {
    LAYERS.put("io.meridiandb.jdbc", "jdbc driver");
    LAYERS.put("io.meridiandb.wire", "wire frames");
    LAYERS.put("io.meridiandb.sql.parser", "sql: parse");
    LAYERS.put("io.meridiandb.sql.session", "sql: session");
    LAYERS.put("io.meridiandb.sql.exec", "sql: execute");
    LAYERS.put("io.meridiandb.sql", "sql: plan");
    LAYERS.put("org.apache.calcite", "sql: plan");
    LAYERS.put("io.meridiandb.row", "row: codecs, expressions");
    LAYERS.put("io.meridiandb.txn.gateway", "txn: gateway");
    LAYERS.put("io.meridiandb.txn", "txn: participant, locks");
    LAYERS.put("io.meridiandb.paxos.log", "paxos: log");
    LAYERS.put("io.meridiandb.paxos", "paxos: core, leases");
    LAYERS.put("io.meridiandb.spanserver.tablet", "tablet");
    LAYERS.put("org.mapdb", "tablet");
    LAYERS.put("io.meridiandb.spanserver", "group: apply");
    LAYERS.put("io.meridiandb.placement", "txn: gateway");
    LAYERS.put("io.meridiandb.server.net", "grpc transport");
    LAYERS.put("io.meridiandb.kernel.net", "messenger");
    LAYERS.put("io.meridiandb.kernel", "kernel: strands, disk");
    LAYERS.put("io.grpc", "grpc transport");
    LAYERS.put("io.netty", "grpc transport");
    LAYERS.put("com.google.protobuf", "protobuf");
    LAYERS.put("io.meridiandb.bench", "load");
  }

  static final String OTHER = "jvm and other";

  private LayerProfile() {}

  /** The samples that {@code work} caused, by layer, in the order of the layers. */
  static Map<String, Long> sample(Work work) throws Exception {
    Path file = Files.createTempFile("meridian-layers", ".jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(10));
      recording.enable("jdk.NativeMethodSample").withPeriod(Duration.ofMillis(10));
      recording.setToDisk(true);
      recording.start();
      work.run();
      recording.stop();
      recording.dump(file);
      return count(file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** What is measured. */
  interface Work {
    void run() throws Exception;
  }

  private static Map<String, Long> count(Path file) throws IOException {
    Map<String, Long> samples = new LinkedHashMap<>();
    LAYERS.values().forEach(layer -> samples.putIfAbsent(layer, 0L));
    samples.put(OTHER, 0L);
    try (RecordingFile recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        if (event.getEventType().getName().equals("jdk.ExecutionSample")) {
          samples.merge(layer(event.getStackTrace()), 1L, Long::sum);
        }
      }
    }
    return samples;
  }

  private static String layer(@Nullable RecordedStackTrace stack) {
    if (stack != null) {
      for (RecordedFrame frame : stack.getFrames()) {
        String type = frame.getMethod().getType().getName();
        for (Map.Entry<String, String> layer : LAYERS.entrySet()) {
          if (type.startsWith(layer.getKey())) {
            return layer.getValue();
          }
        }
      }
    }
    return OTHER;
  }
}
