package io.meridiandb.txn.participant;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.txn.proto.PartEntry;
import io.meridiandb.txn.proto.Txn;
import io.meridiandb.txn.proto.Write;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of a large commit or vote between their application and its own: replicated state. A
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

  /** All writes of a commit or vote of so many parts and these last writes, in order. */
  List<Write> writesOf(Txn txn, int count, List<Write> last) {
    if (count == 0) {
      return last;
    }
    Invariants.check(
        parts.size() == count && parts.getFirst().getTxn().equals(txn),
        "a commit of %s parts after %s parts",
        count,
        parts.size());
    List<Write> all = new ArrayList<>();
    for (PartEntry part : parts) {
      all.addAll(part.getWritesList());
    }
    all.addAll(last);
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
