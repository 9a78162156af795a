package io.meridiandb.truetime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A host whose time daemons a test plays; at first nobody synchronises it. */
final class ManualHost implements HostTime {
  KernelTime kernel =
      new KernelTime(AdjtimexSource.TIME_ERROR, AdjtimexSource.UNSYNCHRONISED, 16_000_000, 0, 0);
  long monotonic;
  int kernelCalls;

  @Override
  public KernelTime kernelTime() {
    kernelCalls++;
    return kernel;
  }

  @Override
  public long monotonicNanos() {
    return monotonic;
  }

  @Override
  public ByteBuffer sharedMemory(Path path, int from, int bytes) throws IOException {
    throw new NoSuchFileException(path.toString());
  }
}
