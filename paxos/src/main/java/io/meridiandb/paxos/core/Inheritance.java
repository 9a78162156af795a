package io.meridiandb.paxos.core;

import com.google.protobuf.ByteString;
import io.meridiandb.paxos.Ballot;

/**
 * What the leader of {@code ballot} has shipped to its successor in a planned hand-over (protocol
 * G7): what its state machine had only in memory, such as a lock table.
 *
 * @param ballot the term that has ended; nobody has led between it and the one that inherits
 * @param state as the old leader's state machine gave it away, never empty
 */
public record Inheritance(Ballot ballot, ByteString state) {}
