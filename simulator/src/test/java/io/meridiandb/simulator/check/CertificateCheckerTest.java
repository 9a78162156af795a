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

/** Guards the certificate checker (reliability C.1): it catches what is broken and only that. */
class CertificateCheckerTest {
  private static List<Finding> check(List<Txn> history) {
    CertificateChecker checker = new CertificateChecker(true);
    history.forEach(checker::add);
    return checker.finish();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a lost write             | 0-10 @5 w1=7 / 20-30 @25 ro r1=-
          a stale read             | 0-10 @5 w1=7 / 20-30 @25 w1=8 / 40-50 @45 r1=7
          a read from the future   | 0-10 @5 ro r1=7 / 0-30 @25 w1=7
          an aborted write shows   | 0-10 @5 abort w1=7 / 20-30 @25 ro r1=7
          a torn transaction       | 0-10 @5 w1=7 w2=7 / 20-30 @25 ro r1=7 r2=-
          a torn unknown one       | 0- @0 unknown w1=7 / 20-30 @25 ro r1=8
          it came after the read   | 0-10 @5 w1=1 / 0-11 @6 +1+2 / 20-30 @25 ro r1=3 / 40- @0 unknown w1=7 / 40-50 @45 +1+4 / 60-70 @65 ro r1=13
          a lost update            | 0-10 @5 w1=1 / 20-40 @35 r1=1 w1=2 / 20-41 @36 r1=1 w1=3
          a wrong increment        | 0-10 @5 w1=1 / 20-30 @25 +1+5 / 40-50 @45 ro r1=5
          a doubled increment      | 0-10 @5 w1=1 / 20-30 @25 +1+5 / 40-50 @45 ro r1=11
          an order against time    | 0-10 @5 w1=1 / 20-30 @4 w2=1
          it has not passed yet    | 0-40 @35 w1=7 / 20-30 @36 ro r1=7
          no commit wait           | 0-10 @15 w1=1
          a timestamp too early    | 20-30 @10 w1=1
          a tie that touches       | 0-10 @5 w1=1 / 0-10 @5 w1=2
          a tie with a reader      | 0-10 @5 w1=1 / 0-10 @5 r1=- w2=2
          a phantom                | 0-10 @5 w3=1 / 20-30 @25 ro s1..9=[]
          a ghost row              | 0-10 @5 w3=1 / 20-30 @25 ro s1..9=[3:1;4:1]
          a row out of order       | 0-10 @5 w3=1 w4=1 / 20-30 @25 ro s1..9=[4:1;3:1]
          a deleted row shows      | 0-10 @5 w3=1 / 12-15 @13 w3=- / 20-30 @25 ro s1..9=[3:1]
          an unknown one between   | 0- @0 unknown a1<9 / 0-10 @5 a1<1 / 0-11 @6 a1<2 / 20-30 @25 ro l1=[1;2] / 40-50 @45 ro l1=[1;9;2]
          a lost element           | 0-10 @5 a1<1 / 0-11 @6 a1<2 / 20-30 @25 ro l1=[2]
          elements swapped         | 0-10 @5 a1<1 / 0-11 @6 a1<2 / 20-30 @25 ro l1=[2;1]
          LastTS() passed a write  | 0-10 @5 w1=1 / 20-30 @25 w1=2 / 40-50 @20 ro r1=1
          a strong read goes back  | 0-10 @5 w1=1 / 20-30 @25 ro r1=1 / 40-50 @4 ro r1=-
          a read proves it over    | 0-30 @26 w1=1 / 26-28 @27 ro r1=1 / 29-40 @25 w2=1
          a stale read is wrong    | 0-10 @5 w1=1 / 20-30 @25 w1=2 / 40-50 @10 stale r1=2
          its own write is missing | 0-10 @5 w1=1 r1=-
          """)
  void catches(String name, String history) {
    assertThat(check(Histories.of(history.replace(" / ", "\n")))).as(name).isNotEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ties of strangers          | 0-10 @5 w1=1 / 0-10 @5 w2=2 / 20-30 @25 ro r1=1 r2=2
          an unknown one that shows  | 0- @0 unknown w1=7 w2=7 / 20-30 @25 ro r1=7 r2=7
          an unknown one that hides  | 0- @0 unknown w1=7 / 20-30 @25 ro r1=- / 40-50 @45 w1=8
          two unknown increments     | 0-10 @5 w1=1 / 0- @0 unknown +1+2 / 0- @0 unknown +1+4 / 20-30 @25 ro r1=7
          an unknown element         | 0- @0 unknown a1<1 / 20-30 @25 ro l1=[1] / 40-50 @45 ro l1=[1]
          an unknown one before      | 0- @0 unknown a1<9 / 0-10 @5 a1<1 / 20-30 @25 ro l1=[9;1]
          an unknown one below       | 0-10 @5 w1=1 / 11- @0 unknown w1=7 / 12-15 @13 +1+2 / 16-18 @17 +1+4 / 20-30 @25 ro r1=13
          an unknown one between     | 0-10 @5 w1=1 / 11- @0 unknown w1=7 / 12-15 @13 +1+2 / 16-18 @17 +1+4 / 20-30 @25 ro r1=11
          a read ahead of its time   | 0-10 @5 w1=1 / 20-22 @60 ro r1=1 / 30-45 @40 w2=1 / 50-55 @52 ro r2=1
          LastTS() that still holds  | 0-10 @5 w1=1 / 20-30 @25 w2=2 / 40-50 @6 ro r1=1
          a read of the past         | 0-10 @5 w1=1 / 20-30 @25 w1=2 / 40-50 @10 stale r1=1
          its own writes             | 0-10 @5 w1=1 r1=1 w1=2 r1=2 s0..9=[1:2] / 20-30 @25 ro r1=2
          """)
  void passes(String name, String history) {
    assertThat(check(Histories.of(history.replace(" / ", "\n")))).as(name).isEmpty();
  }

  /** Transfers, increments and ranges as a perfect database would answer them. */
  static List<Txn> good(int transactions) {
    RandomSource random = new SeededRandom(transactions);
    Map<Long, Long> state = new TreeMap<>();
    List<Txn> history = new ArrayList<>(transactions);
    for (long i = 0; i < transactions; i++) {
      long at = i * 10 + 5;
      long key = random.nextInt(1000);
      List<Op> ops = new ArrayList<>();
      boolean writes = random.chance(2, 3);
      ops.add(new Op.Read(key, state.getOrDefault(key, Op.ABSENT)));
      if (writes) {
        ops.add(new Op.Write(key, i));
        state.put(key, i);
        long other = (key + 1) % 1000;
        ops.add(new Op.Write(other, -i - 1));
        state.put(other, -i - 1);
      }
      history.add(
          new Txn(
              i,
              new Txn.Span(at - 3, at + 3 + random.nextInt(40)),
              writes ? Txn.Kind.READ_WRITE : Txn.Kind.STRONG_READ,
              Txn.Outcome.COMMITTED,
              at,
              ops));
    }
    return history;
  }

  @Test
  void aGoodHistoryOfHundredThousandPassesAndStreams() {
    List<Txn> history = good(100_000);
    CertificateChecker checker = new CertificateChecker(true);
    long start = System.nanoTime();
    for (Txn txn : history) {
      checker.add(txn);
      if (txn.id() % 100 == 0) {
        checker.seal(txn.timestamp());
      }
    }
    assertThat(checker.finish()).isEmpty();
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf("certificate: %.0f transactions/s%n", checker.checked() / seconds);
    assertThat(checker.checked()).isEqualTo(100_000);
  }

  @Test
  void oneSpoiledTransactionInHundredThousandIsFound() {
    List<Txn> history = good(100_000);
    for (int spoiled : List.of(17, 50_000, 99_900)) {
      List<Txn> broken = new ArrayList<>(history);
      Txn txn = history.get(spoiled);
      List<Op> ops = new ArrayList<>(txn.ops());
      Op.Read read = (Op.Read) ops.getFirst();
      ops.set(0, new Op.Read(read.key(), read.value() ^ 1));
      broken.set(
          spoiled, new Txn(txn.id(), txn.span(), txn.kind(), txn.outcome(), txn.timestamp(), ops));
      assertThat(check(broken)).hasSize(1).first().asString().contains("wrong read");
    }
  }
}
