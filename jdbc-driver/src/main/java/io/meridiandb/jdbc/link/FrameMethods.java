package io.meridiandb.jdbc.link;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * gRPC methods whose messages are plain byte frames, described by hand: the frames have formats of
 * their own, so no generated service stands between.
 */
public final class FrameMethods {
  /** The SQL protocol: one bidirectional stream is one connection. */
  public static final MethodDescriptor<byte[], byte[]> SQL_CONNECT =
      stream("meridian.sql.Sql", "Connect");

  private FrameMethods() {}

  /** A bidirectional stream of byte frames. */
  public static MethodDescriptor<byte[], byte[]> stream(String service, String method) {
    Bytes bytes = new Bytes();
    return MethodDescriptor.<byte[], byte[]>newBuilder(bytes, bytes)
        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, method))
        .build();
  }

  /** A frame as it is; gRPC knows the length of a ByteArrayInputStream and copies it once. */
  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] frame) {
      return new ByteArrayInputStream(frame);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        if (!(stream instanceof KnownLength)) {
          return stream.readAllBytes();
        }
        byte[] frame = new byte[stream.available()]; // readAllBytes would make 16 KiB for each
        int read = stream.readNBytes(frame, 0, frame.length);
        if (read < frame.length) {
          throw new EOFException("the frame ends after " + read + " bytes");
        }
        return frame;
      } catch (IOException e) {
        throw Status.INTERNAL
            .withDescription("a frame could not be read")
            .withCause(e)
            .asRuntimeException();
      }
    }
  }
}
