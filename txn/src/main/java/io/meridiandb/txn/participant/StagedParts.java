package io.meridiandb.txn.participant;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.txn.proto.CommittedEntry;
import io.meridiandb.txn.proto.PartEntry;
import io.meridiandb.txn.proto.Write;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of a large commit between their application and the commit's: replicated state. A
 * leader appends parts and commit without anything between; parts whose commit was lost with their
 * leader are dropped when anything else follows.
 */
final class StagedParts {
  private final List<PartEntry> parts = new ArrayList<>();

  /** Takes a part in. */
  void apply(PartEntry part) {
    boolean follows =
        !parts.isEmpty()
            && part.getOrdinal() == parts.size()
            && part.getTxn().equals(parts.getFirst().getTxn());
    if (!follows) {
      Invariants.check(part.getOrdinal() == 0, "a part without the parts before it");
      parts.clear();
    }
    parts.add(part);
  }

  /** All writes of a commit, those in its parts first. */
  List<Write> writesOf(CommittedEntry commit) {
    if (commit.getParts() == 0) {
      return commit.getWritesList();
    }
    Invariants.check(
        parts.size() == commit.getParts() && parts.getFirst().getTxn().equals(commit.getTxn()),
        "a commit of %s parts after %s parts",
        commit.getParts(),
        parts.size());
    List<Write> all = new ArrayList<>();
    for (PartEntry part : parts) {
      all.addAll(part.getWritesList());
    }
    all.addAll(commit.getWritesList());
    return all;
  }

  /** Something else was applied. */
  void clear() {
    parts.clear();
  }

  List<PartEntry> image() {
    return parts;
  }

  void restore(List<PartEntry> image) {
    parts.clear();
    parts.addAll(image);
  }
}
