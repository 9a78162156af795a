package io.meridiandb.kernel.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.StringValue;
import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.net.Transport.Lane;
import io.meridiandb.kernel.simulated.LinkConditions;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Guards the envelope: who may talk to whom, answers find their calls, once or not at all. */
class MessengerTest {
  private static final MessageType<StringValue> ASK =
      new MessageType<>(900, "ask", StringValue.parser(), Lane.DATA);
  private static final MessageType<StringValue> ANSWER =
      new MessageType<>(901, "answer", StringValue.parser(), Lane.CONTROL);
  private static final UniverseId UNIVERSE = new UniverseId(1, 2);
  private static final ServerId ONE = new ServerId(1);
  private static final ServerId TWO = new ServerId(2);
  private static final GroupId GROUP = new GroupId(7);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final SimulatedWorld world = new SimulatedWorld(1);

  @AfterEach
  void close() {
    world.close();
  }

  private Messenger messenger(ServerId server, UniverseId universe) {
    return messenger(
        server,
        universe,
        () -> new TTInterval(new Timestamp(server.value()), new Timestamp(server.value() + 1)));
  }

  private Messenger messenger(ServerId server, UniverseId universe, Supplier<TTInterval> clock) {
    Env env = world.server(server);
    return new Messenger(
        new ServerIdentity(universe, server, world.life(server)),
        env.transport(),
        clock,
        env.strands().create("messages"),
        env.events());
  }

  private String ask(Messenger from, String question) throws Exception {
    return world.call(
        ONE,
        () ->
            world
                .server(ONE)
                .fibers()
                .await(
                    from.call(TWO, ASK, ANSWER, GROUP, StringValue.of(question), SECOND),
                    SECOND.plus(SECOND))
                .getValue());
  }

  @Test
  void anAnswerFindsItsCallAndTheEnvelopeTellsWhoAsked() throws Exception {
    Messenger one = messenger(ONE, UNIVERSE);
    Messenger two = messenger(TWO, UNIVERSE);
    List<Received<StringValue>> asked = new ArrayList<>();
    two.on(
        ASK,
        question -> {
          asked.add(question);
          two.reply(question, ANSWER, StringValue.of("re " + question.body().getValue()));
        });
    assertThat(ask(one, "a")).isEqualTo("re a");
    assertThat(ask(one, "b")).isEqualTo("re b");
    assertThat(asked.getFirst().from()).isEqualTo(ONE);
    assertThat(asked.getFirst().group()).isEqualTo(GROUP);
    assertThat(asked.getFirst().incarnation()).isEqualTo(1);
    assertThat(asked.getFirst().senderClock().latest()).isEqualTo(new Timestamp(2));
  }

  @Test
  void duplicatedAndLateAnswersHarmNobodyAndALostOneIsAFailedCall() throws Exception {
    world.network().standard(LinkConditions.lan().withFaults(300_000, 300_000, 300_000));
    Messenger one = messenger(ONE, UNIVERSE);
    Messenger two = messenger(TWO, UNIVERSE);
    two.on(ASK, question -> two.reply(question, ANSWER, question.body()));
    int failed = 0;
    for (int i = 0; i < 100; i++) {
      try {
        assertThat(ask(one, "question " + i)).isEqualTo("question " + i);
      } catch (CallFailedException e) {
        failed++;
      }
    }
    assertThat(failed).isBetween(20, 80);
  }

  @Test
  void anAnswerToAnEarlierStartOfTheServerFindsNoCall() throws Exception { // sweep, seed 7017
    Duration far = Duration.ofMillis(300);
    world.network().standard(LinkConditions.of(far, far.plusNanos(1)));
    Messenger before = messenger(ONE, UNIVERSE);
    Messenger two = messenger(TWO, UNIVERSE);
    two.on(ASK, question -> two.reply(question, ANSWER, question.body()));
    CompletableFuture<StringValue> lost =
        before.call(TWO, ASK, ANSWER, GROUP, StringValue.of("before"), SECOND);
    world.runFor(Duration.ofMillis(100));
    world.kill(ONE);
    world.restart(ONE);
    assertThat(ask(messenger(ONE, UNIVERSE), "after")).isEqualTo("after");
    assertThat(lost).isNotDone();
  }

  @Test
  void aMessageOfAnotherUniverseIsRefused() {
    Messenger one = messenger(ONE, new UniverseId(6, 6));
    Messenger two = messenger(TWO, UNIVERSE);
    two.on(ASK, question -> two.reply(question, ANSWER, question.body()));
    assertThatThrownBy(() -> ask(one, "a")).isInstanceOf(CallFailedException.class);
    assertThat(world.counters(TWO)).containsEntry("net.refused", 1L);
  }

  @Test
  void garbageUnknownTypesAndNewerFormatsAreRefused() {
    Env one = world.server(ONE);
    messenger(TWO, UNIVERSE);
    List<byte[]> frames = new ArrayList<>(List.of(new byte[3]));
    for (int unknown : new int[] {-1, 0, 999, 1000, Integer.MAX_VALUE}) {
      frames.add(headOf(unknown).encode(new byte[5]));
    }
    byte[] newer = headOf(999).encode(new byte[0]);
    newer[0]++;
    frames.add(newer);
    frames.forEach(frame -> one.transport().send(TWO, Lane.DATA, frame));
    world.runFor(SECOND);
    assertThat(world.counters(TWO)).containsEntry("net.refused", 7L);
    assertThat(world.failures()).isEmpty();
  }

  private static Envelope headOf(int type) {
    TTInterval clock = new TTInterval(Timestamp.ZERO, Timestamp.ZERO);
    return new Envelope(UNIVERSE, ONE, 1, clock, Timestamp.MIN, type, GROUP, 0, false);
  }

  @Test
  void theClocksOfAllMessagesAreWatched() {
    Messenger one = messenger(ONE, UNIVERSE);
    Messenger two = messenger(TWO, UNIVERSE);
    List<String> seen = new ArrayList<>();
    one.watchClocks(watch(new ArrayList<>(), true));
    two.watchClocks(watch(seen, true));
    one.send(TWO, ASK, GROUP, StringValue.of("a"));
    world.runFor(SECOND);
    assertThat(seen).containsExactly("server-1#1 1 echo 70002");
  }

  @Test
  void messagesOfAPeerWhoseClockContradictsOursAreNotUsed() { // protocol G10
    Messenger one = messenger(ONE, UNIVERSE);
    Messenger two = messenger(TWO, UNIVERSE);
    two.on(ASK, question -> two.reply(question, ANSWER, question.body()));
    two.watchClocks(watch(new ArrayList<>(), false));
    assertThatThrownBy(() -> ask(one, "a")).isInstanceOf(CallFailedException.class);
    assertThat(world.counters(TWO)).containsEntry("net.distrusted", 1L);
  }

  @Test
  void aCallToAProcessThatEndsFailsWithItsConnection() {
    Messenger one = messenger(ONE, UNIVERSE);
    Messenger two = messenger(TWO, UNIVERSE);
    two.on(ASK, question -> {}); // never answers
    CompletableFuture<StringValue> answer =
        one.call(TWO, ASK, ANSWER, GROUP, StringValue.of("a"), Duration.ofHours(1));
    world.runFor(SECOND);
    assertThat(answer).isNotDone();
    world.kill(TWO);
    world.runFor(SECOND);
    assertThat(answer)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withMessageContaining("broken");
  }

  @Test
  void whatIsHeardWhileTheClockIsReadIsNotEchoed() { // protocol G10: it was said later
    List<String> seen = new ArrayList<>();
    Messenger two = messenger(TWO, UNIVERSE);
    two.watchClocks(watch(seen, true));
    List<Timestamp> heard = new ArrayList<>(List.of(new Timestamp(100)));
    Messenger one =
        messenger(
            ONE,
            UNIVERSE,
            () -> {
              heard.add(new Timestamp(300)); // on another thread, a moment after the clock said 200
              return new TTInterval(new Timestamp(200), new Timestamp(200));
            });
    one.watchClocks(
        new Messenger.ClockWatch() {
          @Override
          public boolean observe(
              ServerId peer, long incarnation, TTInterval senderClock, Timestamp echo) {
            return true;
          }

          @Override
          public Timestamp echo(ServerId peer) {
            return heard.getLast();
          }
        });
    one.send(TWO, ASK, GROUP, StringValue.of("a"));
    world.runFor(SECOND);
    assertThat(seen).containsExactly("server-1#1 200 echo 100");
  }

  private static Messenger.ClockWatch watch(List<String> seen, boolean trusts) {
    return new Messenger.ClockWatch() {
      @Override
      public boolean observe(
          ServerId peer, long incarnation, TTInterval senderClock, Timestamp echo) {
        seen.add(
            "%s#%d %d echo %d"
                .formatted(peer, incarnation, senderClock.earliest().nanos(), echo.nanos()));
        return trusts;
      }

      @Override
      public Timestamp echo(ServerId peer) {
        return new Timestamp(70_000 + peer.value());
      }
    };
  }
}
