package io.meridiandb.spanserver.directory;

import io.meridiandb.kernel.net.MessageType;
import io.meridiandb.kernel.net.Transport.Lane;
import io.meridiandb.spanserver.proto.ChangeMembersCall;
import io.meridiandb.spanserver.proto.ChangeMembersReply;
import io.meridiandb.spanserver.proto.CreateGroupCall;
import io.meridiandb.spanserver.proto.CreateGroupReply;
import io.meridiandb.spanserver.proto.ExportCall;
import io.meridiandb.spanserver.proto.ExportReply;
import io.meridiandb.spanserver.proto.HandOverNotice;
import io.meridiandb.spanserver.proto.IngestCall;
import io.meridiandb.spanserver.proto.IngestReply;
import io.meridiandb.spanserver.proto.ServerStatusCall;
import io.meridiandb.spanserver.proto.ServerStatusReply;
import io.meridiandb.spanserver.proto.SizeCall;
import io.meridiandb.spanserver.proto.SizeReply;

/** The types of messages to spanservers about groups and directories; numbers 300 to 399. */
public final class DirectoryMessages {
  public static final MessageType<CreateGroupCall> CREATE_GROUP =
      new MessageType<>(300, "spanserver.create.group", CreateGroupCall.parser(), Lane.CONTROL);
  public static final MessageType<CreateGroupReply> CREATE_GROUP_REPLY =
      new MessageType<>(
          301, "spanserver.create.group.reply", CreateGroupReply.parser(), Lane.CONTROL);
  public static final MessageType<ServerStatusCall> STATUS =
      new MessageType<>(302, "spanserver.status", ServerStatusCall.parser(), Lane.CONTROL);
  public static final MessageType<ServerStatusReply> STATUS_REPLY =
      new MessageType<>(303, "spanserver.status.reply", ServerStatusReply.parser(), Lane.CONTROL);
  public static final MessageType<SizeCall> SIZE =
      new MessageType<>(304, "spanserver.size", SizeCall.parser(), Lane.CONTROL);
  public static final MessageType<SizeReply> SIZE_REPLY =
      new MessageType<>(305, "spanserver.size.reply", SizeReply.parser(), Lane.CONTROL);
  public static final MessageType<HandOverNotice> HAND_OVER =
      new MessageType<>(306, "spanserver.hand.over", HandOverNotice.parser(), Lane.CONTROL);
  public static final MessageType<ChangeMembersCall> CHANGE_MEMBERS =
      new MessageType<>(312, "spanserver.change.members", ChangeMembersCall.parser(), Lane.CONTROL);
  public static final MessageType<ChangeMembersReply> CHANGE_MEMBERS_REPLY =
      new MessageType<>(
          313, "spanserver.change.members.reply", ChangeMembersReply.parser(), Lane.CONTROL);
  public static final MessageType<ExportCall> EXPORT =
      new MessageType<>(308, "spanserver.export", ExportCall.parser(), Lane.DATA);
  public static final MessageType<ExportReply> EXPORT_REPLY =
      new MessageType<>(309, "spanserver.export.reply", ExportReply.parser(), Lane.DATA);
  public static final MessageType<IngestCall> INGEST =
      new MessageType<>(310, "spanserver.ingest", IngestCall.parser(), Lane.DATA);
  public static final MessageType<IngestReply> INGEST_REPLY =
      new MessageType<>(311, "spanserver.ingest.reply", IngestReply.parser(), Lane.DATA);

  private DirectoryMessages() {}
}
