package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Received;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.lease.LeaseHolder;
import io.meridiandb.paxos.lease.LeaseReply;
import io.meridiandb.paxos.lease.LeaseRequest;
import io.meridiandb.paxos.lease.Lessee;
import io.meridiandb.paxos.lease.Readiness;
import io.meridiandb.paxos.lease.Revocation;
import io.meridiandb.paxos.lease.VoterState;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.RecoveredLog;
import io.meridiandb.paxos.proto.LeaseReplyProto;
import io.meridiandb.paxos.proto.LeaseRequestProto;
import io.meridiandb.paxos.proto.ReadinessProto;
import io.meridiandb.paxos.proto.RevocationProto;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Asks for leases and gives them, for all groups of the server at once. Runs on the server strand.
 * No lease is given to or counted from a server whose clock contradicts ours (protocol G10).
 */
final class LeaseManager {
  private final HostServices services;
  private final LeaseConfig config;
  private final Lessee self;
  private final VoterState voter;
  private final LeaseHolder holder;
  private final Runnable stirred;
  private final SortedSet<ServerId> unanswered = new TreeSet<>();
  private long unconfirmations;

  /**
   * Begins with {@link #start}.
   *
   * @param voters makes what this server owes as a voter
   * @param stirred told when {@link #disturbed} has become true
   */
  LeaseManager(
      HostServices services, LeaseConfig config, ReplicaHost.Voters voters, Runnable stirred) {
    this.services = services;
    this.stirred = stirred;
    this.config = config;
    this.self =
        new Lessee(services.messenger().self().server(), services.messenger().self().incarnation());
    RecoveredLog found = services.log().recovered();
    this.voter = voters.make(self, config, found.leaseBound(), services.trueTime().now());
    this.holder = new LeaseHolder(self, config);
  }

  VoterState voter() {
    return voter;
  }

  LeaseHolder holder() {
    return holder;
  }

  /** Whether some voter has ceased to count for some group since this was asked last. */
  boolean disturbed() {
    long before = unconfirmations;
    unconfirmations = holder.unconfirmations();
    return before != unconfirmations;
  }

  /** A longer bound is durable before a lease of that length is given (protocol G2). */
  void start() {
    services
        .messenger()
        .on(PaxosMessages.LEASE_REQUEST, m -> services.strand().execute(() -> onRequest(m)));
    services
        .messenger()
        .on(PaxosMessages.LEASE_REPLY, m -> services.strand().execute(() -> onReply(m)));
    if (services.log().recovered().leaseBound().compareTo(config.length()) < 0) {
      services
          .log()
          .append(
              List.of(new LogRecord.LeaseBound(config.length())),
              () -> voter.boundDurable(config.length()));
    }
  }

  /**
   * Asks all of {@code voters}, as {@link #request}, once a beat.
   *
   * @return whether all that were asked before have answered
   */
  boolean renew(Collection<ServerId> voters) {
    boolean answered = unanswered.isEmpty();
    unanswered.clear();
    request(voters);
    return answered;
  }

  /** Asks all of {@code voters}, this server itself among them. */
  void request(Collection<ServerId> voters) {
    voters.forEach(this::request);
  }

  private void request(ServerId to) {
    TTInterval now = services.trueTime().now();
    LeaseRequest request = holder.request(to, now);
    if (to.equals(self.server())) {
      LeaseReply reply = voter.onRequest(request, now);
      if (reply != null) {
        holder.onReply(to, reply);
      }
    } else if (services.watch().trusts(to)) {
      unanswered.add(to);
      services
          .messenger()
          .send(
              to,
              PaxosMessages.LEASE_REQUEST,
              GroupId.ZERO,
              LeaseRequestProto.newBuilder()
                  .setIncarnation(self.incarnation())
                  .setUntilNanos(request.until().nanos())
                  .setKnown(PaxosWire.counter(request.known()))
                  .setEchoNanos(request.echo().nanos())
                  .build());
    }
  }

  private void onRequest(Received<LeaseRequestProto> message) {
    LeaseRequestProto proto = message.body();
    if (!services.watch().trusts(message.from()) || services.watch().fenced()) {
      return;
    }
    LeaseRequest request =
        new LeaseRequest(
            new Lessee(message.from(), proto.getIncarnation()),
            new Timestamp(proto.getUntilNanos()),
            PaxosWire.counter(proto.getKnown()),
            new Timestamp(proto.getEchoNanos()));
    LeaseReply reply = voter.onRequest(request, services.trueTime().now());
    if (reply != null) {
      services
          .messenger()
          .send(message.from(), PaxosMessages.LEASE_REPLY, GroupId.ZERO, encode(reply));
    }
  }

  private void onReply(Received<LeaseReplyProto> message) {
    if (!services.watch().trusts(message.from())) {
      return;
    }
    unanswered.remove(message.from());
    LeaseReply reply = decode(message.body());
    Timestamp before = holder.request(message.from(), services.trueTime().now()).echo();
    holder.onReply(message.from(), reply);
    if (holder.unconfirmations() != unconfirmations) {
      stirred.run();
    }
    boolean firstForLong = reply.repliedAt().isAfter(before.plus(config.heartbeat().dividedBy(2)));
    if (!reply.granted() && firstForLong) {
      request(message.from()); // now that we have something to echo (protocol G9)
    }
  }

  private static LeaseReplyProto encode(LeaseReply reply) {
    LeaseReplyProto.Builder proto =
        LeaseReplyProto.newBuilder()
            .setLesseeIncarnation(reply.lessee().incarnation())
            .setUntilNanos(reply.until().nanos())
            .setCounter(PaxosWire.counter(reply.counter()))
            .setAll(reply.all())
            .setRepliedAtNanos(reply.repliedAt().nanos())
            .setReadiness(
                switch (reply.readiness()) {
                  case READY -> ReadinessProto.READY;
                  case SILENT -> ReadinessProto.SILENT;
                  case LEAVING -> ReadinessProto.LEAVING;
                });
    for (Revocation revocation : reply.revoked()) {
      proto.addRevoked(
          RevocationProto.newBuilder()
              .setNumber(revocation.number())
              .setGroup(revocation.group().value())
              .setBallot(PaxosWire.ballot(revocation.ballot())));
    }
    return proto.build();
  }

  private LeaseReply decode(LeaseReplyProto proto) {
    return new LeaseReply(
        new Lessee(self.server(), proto.getLesseeIncarnation()),
        new Timestamp(proto.getUntilNanos()),
        PaxosWire.counter(proto.getCounter()),
        proto.getRevokedList().stream()
            .map(r ->
                new Revocation(
                    r.getNumber(), new GroupId(r.getGroup()), PaxosWire.ballot(r.getBallot())))
            .toList(),
        proto.getAll(),
        new Timestamp(proto.getRepliedAtNanos()),
        switch (proto.getReadiness()) {
          case READY -> Readiness.READY;
          case LEAVING -> Readiness.LEAVING;
          case SILENT, UNRECOGNIZED -> Readiness.SILENT;
        });
  }
}
