package io.meridiandb.kernel.net;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.meridiandb.kernel.check.Invariants;
import java.nio.ByteBuffer;

/**
 * A kind of message between servers. Numbers are registered for ever, append-only: paxos 100-199,
 * txn 200-299, spanserver 300-399, placement 400-499, server 500-599, tests 900-999.
 *
 * @param id the number on the wire
 * @param name for people
 * @param parser reads the body
 * @param lane the queue it takes
 */
public record MessageType<M extends MessageLite>(
    int id, String name, Parser<M> parser, Transport.Lane lane) {
  /** The greatest number that a type may have. */
  public static final int ID_MAX = 999;

  public MessageType {
    Invariants.check(isId(id), "%s has the number %s", name, id);
  }

  static boolean isId(int number) {
    return number >= 0 && number <= ID_MAX;
  }

  /** Reads a body of this type. */
  public M parse(byte[] body) throws InvalidProtocolBufferException {
    return parser.parseFrom(body);
  }

  /** Reads the body that is all of {@code in} from its position on; {@code in} has an array. */
  M parse(ByteBuffer in) throws InvalidProtocolBufferException {
    return parser.parseFrom(in.array(), in.arrayOffset() + in.position(), in.remaining());
  }
}
