package io.meridiandb.jdbc.link;

import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.spi.EmbeddedUniverse;
import io.meridiandb.wire.spi.FrameChannel;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Connects to a universe inside this JVM ({@code jdbc:meridian:mem:NAME}). */
public final class EmbeddedConnector implements Connector {
  /** The Java version that the engine needs; the driver itself runs on 17. */
  static final int ENGINE_JAVA = 25;

  private final String name;

  public EmbeddedConnector(String name) {
    this.name = name;
  }

  @Override
  public FrameChannel connect(FrameChannel.Listener listener) {
    return engine(Runtime.version().feature()).connect(name, listener);
  }

  static EmbeddedUniverse engine(int javaVersion) {
    if (javaVersion < ENGINE_JAVA) {
      throw new MeridianException(
              ErrorCode.FEATURE_NOT_SUPPORTED,
              "jdbc:meridian:mem: runs the engine in this JVM and needs Java "
                  + ENGINE_JAVA
                  + "; this is Java "
                  + javaVersion)
          .withHint(
              "Run the application on Java "
                  + ENGINE_JAVA
                  + ", or start a server and use jdbc:meridian://host:port/main.");
    }
    try {
      Iterator<EmbeddedUniverse> engines = ServiceLoader.load(EmbeddedUniverse.class).iterator();
      if (engines.hasNext()) {
        return engines.next();
      }
    } catch (ServiceConfigurationError e) {
      throw new MeridianException(
          ErrorCode.CONNECTION_REFUSED, "the engine for jdbc:meridian:mem: does not load", e);
    }
    throw new MeridianException(
            ErrorCode.CONNECTION_REFUSED, "jdbc:meridian:mem: found no engine on the class path")
        .withHint("Add io.meridiandb:meridian-server, or use jdbc:meridian://host:port/main.");
  }

  @Override
  public String toString() {
    return "mem:" + name;
  }
}
