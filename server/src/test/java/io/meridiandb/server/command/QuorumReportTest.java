package io.meridiandb.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

/** Guards that a group without a quorum is named, with what is missing. */
class QuorumReportTest {
  private final QuorumReport report = new QuorumReport();

  QuorumReportTest() {
    report.server(1, "a");
    report.server(2, "b");
    report.server(3, "c");
  }

  private void answers(long server, String groups) throws JsonProcessingException {
    String health = "{\"groups\": [" + groups.replace('\'', '"') + "]}";
    report.answered(server, new ObjectMapper().readTree(health));
  }

  private static String group(long id, String role, long applied, String voters) {
    return "{'id': %d, 'role': '%s', 'appliedIndex': %d, 'voters': %s}"
        .formatted(id, role, applied, voters);
  }

  @Test
  void nothingIsSaidWhileMajoritiesAnswer() throws JsonProcessingException {
    answers(1, group(0, "leader", 9, "[1, 2, 3]"));
    answers(2, group(0, "witness", 9, "[1, 2, 3]"));
    assertThat(report.lines()).isEmpty();
  }

  @Test
  void whoIsMissingIsNamed() throws JsonProcessingException {
    answers(1, group(0, "follower", 9, "[1, 2, 3]"));
    assertThat(report.lines())
        .containsExactly(
            "group 0 has no quorum: 1 of its 3 voters answer, 2 are needed; missing: b, c");
  }

  @Test
  void aReplicaThatStoppedDoesNotCountAndTheNewestMembersDo() throws JsonProcessingException {
    answers(1, group(5, "stopped", 9, "[1, 2]") + "," + group(6, "follower", 3, "[1, 2, 4]"));
    answers(2, group(5, "follower", 7, "[1, 2, 3]") + "," + group(6, "follower", 8, "[1, 2]"));
    assertThat(report.lines())
        .containsExactly(
            "group 5 has no quorum: 1 of its 2 voters answer, 2 are needed; missing: a");
  }
}
