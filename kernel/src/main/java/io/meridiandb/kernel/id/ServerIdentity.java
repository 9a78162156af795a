package io.meridiandb.kernel.id;

/**
 * Who a running server is.
 *
 * @param universe the universe it belongs to
 * @param server its number
 * @param incarnation how many times it has started; durable, raised before the first message of a
 *     start (protocol G2, G3), so a restarted server is another lessee
 */
public record ServerIdentity(UniverseId universe, ServerId server, long incarnation) {}
