package io.meridiandb.kernel.net;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;

/**
 * A message that has arrived and whose envelope was found to be in order.
 *
 * @param from who sent it
 * @param incarnation the sender's incarnation
 * @param senderClock the sender's TrueTime when it sent
 * @param group the group it is about; {@link GroupId#ZERO} where the type is about a server
 * @param correlation the number a reply must carry; 0 for a message that wants none
 * @param body the message
 */
public record Received<M>(
    ServerId from,
    long incarnation,
    TTInterval senderClock,
    GroupId group,
    long correlation,
    M body) {}
