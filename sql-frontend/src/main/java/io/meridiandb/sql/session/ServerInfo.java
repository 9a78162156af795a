package io.meridiandb.sql.session;

/**
 * What a client is told about the server that it talks to.
 *
 * @param version the product's version
 * @param name the server's name in the universe
 * @param universe the universe's id
 */
public record ServerInfo(String version, String name, String universe) {}
