package io.meridiandb.simulator.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guards the cycle checker: Adya's anomalies and real time, without a look at timestamps. */
class CycleCheckerTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          G0 dirty write           | 0-9 a1<1 a2<1 / 0-9 a1<2 a2<2 / 0-30 ro l1=[1;2] / 0-30 ro l2=[2;1] | G0
          G1a aborted read         | 0-9 abort w1=1 / 20-30 ro r1=1 | G1a
          G1a aborted element      | 0-9 abort a1<1 / 20-30 ro l1=[1] | G1a
          G1b intermediate read    | 0-9 w1=1 w1=2 / 5-30 ro r1=1 | G1b
          G1b intermediate element | 0-9 a1<1 a1<2 / 5-30 ro l1=[1] | G1b
          G1c circular information | 0-9 w1=1 r2=2 / 0-9 w2=2 r1=1 | G1c
          G-single read skew       | 0-9 w1=1 w2=1 / 0-30 ro r1=1 r2=- | G-single
          read skew of lists       | 0-9 a1<1 a2<1 / 0-30 ro l1=[1] l2=[] | G-single
          lost update              | 0-9 w1=1 / 0-30 r1=1 w1=2 / 0-30 r1=1 w1=3 | G2
          G2 write skew            | 0-9 r1=- r2=- w1=1 / 0-9 r1=- r2=- w2=1 | G2
          G2 write skew by ranges  | 0-9 s1..9=[] w1=1 / 0-9 s1..9=[] w2=1 | G2
          long fork                | 0-9 w1=1 / 0-9 w2=1 / 0-20 ro r1=1 r2=- / 0-20 ro r1=- r2=1 | G2
          a stale read             | 0-9 w1=1 / 20-30 ro r1=- | real time
          reads that go back       | 0-50 w1=1 / 0-9 ro r1=1 / 20-30 ro r1=- | real time
          comments                 | 0-9 w1=1 / 20-30 w2=1 / 0-40 ro r1=- r2=1 | real time
          a lost write             | 0-9 a1<1 / 20-30 a1<2 / 40-50 ro l1=[2] | real time
          two pasts                | 0-9 a1<1 / 0-9 a1<2 / 0-9 ro l1=[1;2] / 0-9 ro l1=[2;1] | incompatible
          an element twice         | 0-9 a1<1 / 20-30 ro l1=[1;1] | incompatible
          garbage                  | 0-9 ro r1=7 | garbage
          a garbage element        | 0-9 ro l1=[7] | garbage
          a garbage row            | 0-9 ro s1..9=[3:7] | garbage
          its own write is missing | 0-9 w1=1 r1=- | internal
          an unrepeatable read     | 0-9 w1=1 / 0-30 ro r1=- r1=1 | internal
          two writers of one value | 0-9 w1=1 / 20-30 w1=1 | duplicate
          """)
  void catches(String name, String history, String anomaly) {
    List<Finding> findings = CycleChecker.check(Histories.of(history.replace(" / ", "\n")));
    assertThat(findings).as(name).anyMatch(finding -> finding.what().contains(anomaly));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a stale read on purpose   | 0-9 w1=1 / 20-30 stale r1=-
          an unknown one that shows | 0- unknown w1=1 / 20-30 ro r1=1
          an unknown one that hides | 0- unknown w1=1 / 20-30 ro r1=-
          one after another         | 0-9 r1=- w1=1 / 20-30 r1=1 w1=2 / 40-50 ro r1=2
          at once                   | 0-50 w1=1 / 0-9 ro r1=- / 20-30 ro r1=1
          its own elements          | 0-9 a1<1 l1=[1] a1<2 l1=[1;2] / 20-30 ro l1=[1;2]
          """)
  void passes(String name, String history) {
    assertThat(CycleChecker.check(Histories.of(history.replace(" / ", "\n")))).as(name).isEmpty();
  }

  @Test
  void goodHistoriesOfHundredThousandPass() {
    assertThat(CycleChecker.check(CertificateCheckerTest.good(100_000))).isEmpty();
    long start = System.nanoTime();
    assertThat(CycleChecker.check(lists(100_000))).isEmpty();
    System.out.printf("cycles: %.0f transactions/s%n", 1e5 / ((System.nanoTime() - start) / 1e9));
  }

  @Test
  void oneSpoiledListInManyIsFound() {
    List<Txn> history = lists(20_000);
    for (int i = 10_000; ; i++) {
      Txn txn = history.get(i);
      if (txn.ops().getFirst() instanceof Op.ReadList read && read.elements().size() > 3) {
        List<Long> shorter = read.elements().subList(0, read.elements().size() - 1);
        history.set(
            i,
            new Txn(
                txn.id(),
                txn.span(),
                txn.kind(),
                txn.outcome(),
                txn.timestamp(),
                List.of(new Op.ReadList(read.key(), shorter))));
        break;
      }
    }
    assertThat(CycleChecker.check(history)).isNotEmpty();
  }

  private static List<Txn> lists(int transactions) {
    RandomSource random = new SeededRandom(1);
    Map<Long, List<Long>> state = new TreeMap<>();
    List<Txn> history = new ArrayList<>();
    for (long i = 0; i < transactions; i++) {
      long key = i / 40 * 4 + random.nextInt(4);
      List<Long> list = state.computeIfAbsent(key, number -> new ArrayList<>());
      List<Op> ops = new ArrayList<>();
      if (random.chance(1, 2)) {
        ops.add(new Op.ReadList(key, list));
      } else {
        ops.add(new Op.Append(key, i));
        list.add(i);
      }
      history.add(
          new Txn(
              i,
              new Txn.Span(i * 10, i * 10 + 8),
              Txn.Kind.READ_WRITE,
              Txn.Outcome.COMMITTED,
              0,
              ops));
    }
    return history;
  }
}
