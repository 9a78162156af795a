package io.meridiandb.row.scan;

import com.google.protobuf.ByteString;
import java.util.LinkedHashMap;

/**
 * Evaluators of the programs that came last, by the programs' bytes: statements that are run again
 * and again send the same program each time. Belongs to one strand.
 */
public final class ScanEvaluatorCache {
  private final int entriesMax;
  private final LinkedHashMap<ByteString, ScanEvaluator> evaluators =
      new LinkedHashMap<>(16, 0.75f, true);

  /** A cache of at most so many evaluators. */
  public ScanEvaluatorCache(int entriesMax) {
    this.entriesMax = entriesMax;
  }

  /**
   * The evaluator of an encoded program.
   *
   * @throws io.meridiandb.wire.MeridianException DATA_CORRUPTED if the bytes are no program
   */
  public ScanEvaluator get(ByteString program) {
    ScanEvaluator evaluator = evaluators.get(program);
    if (evaluator == null) {
      evaluator = ScanEvaluator.of(ScanProgramCodec.fromBytes(program.toByteArray()));
      evaluators.put(program, evaluator);
      if (evaluators.size() > entriesMax) {
        evaluators.pollFirstEntry();
      }
    }
    return evaluator;
  }
}
