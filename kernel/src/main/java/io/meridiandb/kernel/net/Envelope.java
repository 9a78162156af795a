package io.meridiandb.kernel.net;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import java.nio.ByteBuffer;

/**
 * The head of every message between servers. Layout, big-endian: format (1 byte), universe (16),
 * sender (8), incarnation (8), sender's earliest (8) and latest (8), the highest earliest of the
 * addressee that the sender has heard (8), message type (4), group (8), correlation (8), reply flag
 * (1), then the body.
 */
record Envelope(
    UniverseId universe,
    ServerId from,
    long incarnation,
    TTInterval clock,
    Timestamp echo,
    int type,
    GroupId group,
    long correlation,
    boolean reply) {

  static final byte FORMAT = 3;
  static final int BYTES = 1 + 16 + 8 + 8 + 16 + 8 + 4 + 8 + 8 + 1;

  byte[] encode(byte[] body) {
    ByteBuffer out = ByteBuffer.allocate(BYTES + body.length);
    out.put(FORMAT).putLong(universe.high()).putLong(universe.low());
    out.putLong(from.value()).putLong(incarnation);
    out.putLong(clock.earliest().nanos()).putLong(clock.latest().nanos());
    out.putLong(echo.nanos());
    out.putInt(type).putLong(group.value()).putLong(correlation).put((byte) (reply ? 1 : 0));
    return out.put(body).array();
  }

  /** Reads a head; the buffer is left at the body. */
  static Envelope decode(ByteBuffer in) {
    if (in.remaining() < BYTES) {
      throw new IllegalArgumentException("a frame of " + in.remaining() + " bytes has no envelope");
    }
    byte format = in.get();
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "message format " + format + ", this server speaks " + FORMAT);
    }
    UniverseId universe = new UniverseId(in.getLong(), in.getLong());
    ServerId from = new ServerId(in.getLong());
    long incarnation = in.getLong();
    long earliest = in.getLong();
    long latest = in.getLong();
    if (earliest > latest) {
      throw new IllegalArgumentException("the sender's clock interval is upside down");
    }
    TTInterval clock = new TTInterval(new Timestamp(earliest), new Timestamp(latest));
    return new Envelope(
        universe,
        from,
        incarnation,
        clock,
        new Timestamp(in.getLong()),
        in.getInt(),
        new GroupId(in.getLong()),
        in.getLong(),
        in.get() != 0);
  }
}
