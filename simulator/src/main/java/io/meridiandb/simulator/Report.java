package io.meridiandb.simulator;

import io.meridiandb.kernel.simulated.FaultCounts;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.simulator.workload.Run;
import java.util.List;
import java.util.Map;

/**
 * What a run gave.
 *
 * @param seed what it was made from
 * @param hash over everything that happened, and the final bytes of all disks
 * @param events events of the queue
 * @param simulatedSeconds virtual time
 * @param transactions that committed, and queries that were answered
 * @param endings how many transactions ended how
 * @param faults by kind
 * @param violations what was not as it must be; none in a good run
 * @param strikes which faults struck when, each as a line of a scenario; not in the JSON
 */
public record Report(
    long seed,
    String hash,
    long events,
    double simulatedSeconds,
    long transactions,
    Map<String, Long> endings,
    Map<String, FaultCounts.Count> faults,
    List<String> violations,
    List<String> strikes) {

  static Report of(SimulatedWorld world, Run run, List<String> strikes) {
    return new Report(
        world.seed(),
        world.hash(),
        world.events(),
        world.elapsed().toMillis() / 1000.0,
        run.transactions(),
        run.endings(),
        world.faults().counts(),
        run.violations(),
        strikes);
  }

  /** One line of JSON. */
  public String toJson() {
    StringBuilder out = new StringBuilder("{\"seed\":").append(seed);
    out.append(",\"hash\":").append(quoted(hash));
    out.append(",\"events\":").append(events);
    out.append(",\"simulatedSeconds\":").append(simulatedSeconds);
    out.append(",\"transactions\":").append(transactions);
    out.append(",\"endings\":{");
    String comma = "";
    for (Map.Entry<String, Long> ending : endings.entrySet()) {
      out.append(comma).append(quoted(ending.getKey())).append(':').append(ending.getValue());
      comma = ",";
    }
    out.append("},\"faults\":{");
    comma = "";
    for (Map.Entry<String, FaultCounts.Count> fault : faults.entrySet()) {
      out.append(comma).append(quoted(fault.getKey()));
      out.append(":{\"fired\":").append(fault.getValue().fired());
      out.append(",\"mattered\":").append(fault.getValue().mattered()).append('}');
      comma = ",";
    }
    out.append("},\"violations\":[");
    comma = "";
    for (String violation : violations) {
      out.append(comma).append(quoted(violation));
      comma = ",";
    }
    return out.append("]}").toString();
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        default -> {
          if (c < ' ') {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
