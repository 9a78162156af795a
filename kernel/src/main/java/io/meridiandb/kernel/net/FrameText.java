package io.meridiandb.kernel.net;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** What frames say without their addressee, for traces that people read and for faults. */
public final class FrameText {
  private static final int BODY_CHARACTERS_MAX = 300;

  private final Map<Integer, MessageType<?>> types = new TreeMap<>();

  /** Knows these types of messages; others are shown by their number. */
  public FrameText(Collection<MessageType<?>> known) {
    known.forEach(type -> types.put(type.id(), type));
  }

  /** What a frame says: its type, group, correlation and body, in one line. */
  public String of(byte[] frame) {
    ByteBuffer in = ByteBuffer.wrap(frame);
    Envelope head;
    try {
      head = Envelope.decode(in);
    } catch (IllegalArgumentException e) {
      return frame.length + " bytes that are no message";
    }
    MessageType<?> type = types.get(head.type());
    String name = type == null ? "message " + head.type() : type.name();
    return "%s%s %s #%d %s"
        .formatted(
            name,
            head.reply() ? " (answer)" : "",
            head.group(),
            head.correlation(),
            type == null ? in.remaining() + " bytes" : body(type, in));
  }

  /** Whether a frame is an answer; a frame that is no message is none. */
  public static boolean isAnswer(byte[] frame) {
    try {
      return Envelope.decode(ByteBuffer.wrap(frame)).reply();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String body(MessageType<?> type, ByteBuffer in) {
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    try {
      String text = type.parse(bytes).toString().strip().replaceAll("\\s+", " ");
      return text.length() <= BODY_CHARACTERS_MAX
          ? text
          : text.substring(0, BODY_CHARACTERS_MAX) + "…";
    } catch (InvalidProtocolBufferException e) {
      return bytes.length + " bytes that are no " + type.name();
    }
  }
}
