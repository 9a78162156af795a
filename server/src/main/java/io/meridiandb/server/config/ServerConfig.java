package io.meridiandb.server.config;

import io.meridiandb.kernel.id.ServerId;
import java.nio.file.Path;

/**
 * One server of the universe file.
 *
 * @param name what {@code start --server} takes
 * @param id its number in the universe
 * @param region the region its zone lies in
 * @param zone its isolated data centre
 * @param host where it listens for clients and peers; loopback until security is built
 * @param port the port for clients and peers
 * @param httpPort the port of {@code /health} and {@code /metrics}; 0 for none
 * @param data its data folder
 */
public record ServerConfig(
    String name,
    ServerId id,
    String region,
    String zone,
    String host,
    int port,
    int httpPort,
    Path data) {}
