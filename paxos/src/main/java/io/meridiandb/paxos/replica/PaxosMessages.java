package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.net.MessageType;
import io.meridiandb.kernel.net.Transport.Lane;
import io.meridiandb.paxos.proto.CloseLostProto;
import io.meridiandb.paxos.proto.CloseProto;
import io.meridiandb.paxos.proto.ImageOfferProto;
import io.meridiandb.paxos.proto.ImagePartProto;
import io.meridiandb.paxos.proto.ImageRequestProto;
import io.meridiandb.paxos.proto.LeaseReplyProto;
import io.meridiandb.paxos.proto.LeaseRequestProto;
import io.meridiandb.paxos.proto.PaxosFrame;
import io.meridiandb.paxos.proto.ReadTimeProto;

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

  /** Closed timestamps of all idle groups that one server leads and another follows. */
  public static final MessageType<CloseProto> CLOSE =
      new MessageType<>(103, "close", CloseProto.parser(), Lane.CONTROL);

  /** One of them is missing. */
  public static final MessageType<CloseLostProto> CLOSE_LOST =
      new MessageType<>(104, "close lost", CloseLostProto.parser(), Lane.CONTROL);

  /** A leader tells a replica that it needs an image. */
  public static final MessageType<ImageOfferProto> IMAGE_OFFER =
      new MessageType<>(105, "image offer", ImageOfferProto.parser(), Lane.DATA);

  /** A replica asks for a part of another's image. */
  public static final MessageType<ImageRequestProto> IMAGE_REQUEST =
      new MessageType<>(106, "image request", ImageRequestProto.parser(), Lane.DATA);

  /** And gets it. */
  public static final MessageType<ImagePartProto> IMAGE_PART =
      new MessageType<>(107, "image part", ImagePartProto.parser(), Lane.DATA);

  /** Reads at a server that does not lead wait for the word that all before them is there. */
  public static final MessageType<ReadTimeProto> READ_TIME =
      new MessageType<>(120, "read time", ReadTimeProto.parser(), Lane.CONTROL);

  private PaxosMessages() {}
}
