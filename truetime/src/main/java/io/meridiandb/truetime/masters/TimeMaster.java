package io.meridiandb.truetime.masters;

import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.net.Received;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.proto.TimeAnswerProto;
import io.meridiandb.truetime.proto.TimeAskProto;

/** Tells others the time of a clock of its own; any server can. Needs no strand. */
public final class TimeMaster {
  private final TrueTime reference;

  /** A master that tells the time of {@code reference}. */
  public TimeMaster(TrueTime reference) {
    this.reference = reference;
  }

  /** Answers from now on what {@code messenger} brings. */
  public void serve(Messenger messenger) {
    messenger.on(TimeMessages.ASK, ask -> answer(messenger, ask));
  }

  private void answer(Messenger messenger, Received<TimeAskProto> ask) {
    messenger.reply(ask, TimeMessages.ANSWER, answer());
  }

  /** What it answers now. */
  TimeAnswerProto answer() {
    TTInterval now = reference.now();
    String fault = reference.fault();
    return TimeAnswerProto.newBuilder()
        .setEarliestNanos(now.earliest().nanos())
        .setLatestNanos(now.latest().nanos())
        .setFault(fault == null ? "" : fault)
        .build();
  }
}
