package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.net.MessageType;
import io.meridiandb.kernel.net.Transport.Lane;
import io.meridiandb.paxos.proto.LeaseReplyProto;
import io.meridiandb.paxos.proto.LeaseRequestProto;
import io.meridiandb.paxos.proto.PaxosFrame;

/** The registered message types of this module: 100 to 199, append-only. */
public final class PaxosMessages {
  /** One message of one group. */
  public static final MessageType<PaxosFrame> GROUP =
      new MessageType<>(100, "paxos", PaxosFrame.parser(), Lane.DATA);

  /** A lease is asked for. */
  public static final MessageType<LeaseRequestProto> LEASE_REQUEST =
      new MessageType<>(101, "lease request", LeaseRequestProto.parser(), Lane.CONTROL);

  /** And given, or not. */
  public static final MessageType<LeaseReplyProto> LEASE_REPLY =
      new MessageType<>(102, "lease reply", LeaseReplyProto.parser(), Lane.CONTROL);

  private PaxosMessages() {}
}
