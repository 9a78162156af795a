package io.meridiandb.truetime.masters;

import io.meridiandb.kernel.net.MessageType;
import io.meridiandb.kernel.net.Transport.Lane;
import io.meridiandb.truetime.proto.TimeAnswerProto;
import io.meridiandb.truetime.proto.TimeAskProto;

/** The registered message types of this module: 50 to 99, append-only. */
public final class TimeMessages {
  /** A time master is asked. */
  public static final MessageType<TimeAskProto> ASK =
      new MessageType<>(50, "time ask", TimeAskProto.parser(), Lane.CONTROL);

  /** And answers. */
  public static final MessageType<TimeAnswerProto> ANSWER =
      new MessageType<>(51, "time answer", TimeAnswerProto.parser(), Lane.CONTROL);

  private TimeMessages() {}
}
