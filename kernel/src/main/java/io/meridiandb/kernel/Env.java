package io.meridiandb.kernel;

import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.fault.Faults;
import io.meridiandb.kernel.net.Transport;
import io.meridiandb.kernel.strand.Fibers;
import io.meridiandb.kernel.strand.Strands;
import io.meridiandb.kernel.time.Clocks;

/**
 * Everything that one server may touch of the outside world.
 *
 * <p>Production builds it in {@code kernel.system}, the simulator in {@code kernel.simulated}; no
 * other code reads a clock, starts a thread, opens a file or a socket, or draws a random number.
 * One {@code Env} belongs to one server: two servers of one JVM share no object of it but the
 * immutable ones.
 *
 * @param strands serial executors for event-driven state machines, with their timers
 * @param fibers threads for ordinary blocking code (SQL, jobs)
 * @param clocks raw clocks; only {@code truetime} and statistics read them
 * @param random the server's root source of randomness; fork it by name, never share it
 * @param transport encoded messages to other servers
 * @param disk the server's data folder
 * @param faults fault sites; constant false in production
 * @param events structured events, counters and probes
 */
public record Env(
    Strands strands,
    Fibers fibers,
    Clocks clocks,
    RandomSource random,
    Transport transport,
    Disk disk,
    Faults faults,
    Events events) {}
