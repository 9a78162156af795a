package io.meridiandb.kernel.net;

import io.meridiandb.kernel.id.ServerId;

/**
 * Carries encoded frames between servers. Best effort: a frame may be lost, delayed, duplicated or
 * reordered (a connection that breaks and comes back does all of it), never altered. Delivery of a
 * frame to oneself works like any other.
 */
public interface Transport {
  /** Which queue a frame takes: leases and outcomes must not wait behind data. */
  enum Lane {
    /** Leases, outcomes, clock readings: small, never shed. */
    CONTROL,
    /** Everything else. */
    DATA
  }

  /** What takes frames in; called on any thread, must hand over at once and never block. */
  interface Receiver {
    /**
     * A frame has arrived.
     *
     * @param from the server that sent it, as proved by the connection
     * @param frame the bytes; the receiver owns them
     */
    void receive(ServerId from, byte[] frame);

    /**
     * The connection to {@code peer} is broken, or there is none: frames of late may not have
     * arrived, and answers may not come. Whoever waits for one need not wait longer. A hint: that
     * it does not come means nothing.
     */
    default void lost(ServerId peer) {}
  }

  /** Sends {@code frame} if the peer can be reached; never blocks, gives no word of success. */
  void send(ServerId to, Lane lane, byte[] frame);

  /** Sets who takes frames in; called once, before the first message is sent. */
  void listen(Receiver receiver);
}
