package io.meridiandb.simulator.fault;

import java.util.function.Consumer;

/**
 * One kind of fault: something that happens to a universe at a moment, and ends by itself.
 *
 * @param name its name in reports
 * @param proof the count of the simulated world whose growth shows that it mattered
 * @param strike does it once
 */
public record FaultKind(String name, String proof, Consumer<Scene> strike) {
  @Override
  public String toString() {
    return name;
  }
}
