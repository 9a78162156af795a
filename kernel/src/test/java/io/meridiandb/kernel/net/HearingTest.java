package io.meridiandb.kernel.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Guards what is taken for deaf: who is sent something and never says that it has heard it. */
class HearingTest {
  private static final ServerId PEER = new ServerId(2);

  private final Hearing hearing = new Hearing();

  private static Timestamp second(long number) {
    return new Timestamp(Duration.ofSeconds(number).toNanos());
  }

  private long unheardSeconds(long now) {
    return hearing.unheardFor(PEER, second(now)).toSeconds();
  }

  @Test
  void whoIsSentNothingIsNotDeaf() {
    hearing.echoed(PEER, Timestamp.MIN);
    assertThat(unheardSeconds(100)).isZero();
    hearing.sent(PEER, second(100));
    hearing.echoed(PEER, second(100));
    assertThat(unheardSeconds(200)).isZero();
  }

  @Test
  void itIsDeafFromTheFirstMessageOnThatItDoesNotHear() {
    hearing.sent(PEER, second(1));
    hearing.echoed(PEER, second(1));
    hearing.sent(PEER, second(10));
    hearing.sent(PEER, second(20));
    hearing.echoed(PEER, second(1)); // it says what it heard before
    assertThat(unheardSeconds(25)).isEqualTo(15);
  }

  @Test
  void whoHearsSomethingNewIsNotDeafAlthoughMoreIsOnItsWay() {
    hearing.sent(PEER, second(10));
    hearing.sent(PEER, second(20));
    hearing.echoed(PEER, second(10));
    assertThat(unheardSeconds(21)).isEqualTo(1);
    hearing.echoed(PEER, second(10));
    assertThat(unheardSeconds(30)).isEqualTo(10);
    hearing.echoed(PEER, second(20));
    assertThat(unheardSeconds(40)).isZero();
  }
}
