package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.paxos.log.Log;
import io.meridiandb.truetime.ClockWatch;
import io.meridiandb.truetime.TrueTime;

/**
 * What the replicas of a server share.
 *
 * @param env for events and randomness
 * @param strand the server strand: all groups and all leases of the server run on it
 * @param messenger names the server and its incarnation too
 * @param log opened; its completions run on {@code strand}
 * @param watch has been given to the messenger by whoever made both
 */
public record HostServices(
    Env env, Strand strand, Messenger messenger, Log log, TrueTime trueTime, ClockWatch watch) {}
