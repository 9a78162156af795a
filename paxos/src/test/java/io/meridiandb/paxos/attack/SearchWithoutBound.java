package io.meridiandb.paxos.attack;

import io.meridiandb.paxos.attack.SearchActor.Input;
import io.meridiandb.paxos.attack.SearchActor.Message;
import java.util.List;

/** The same model, of which nothing is left out because it is far from a violation. */
public record SearchWithoutBound(SearchModel model) implements SearchModel {
  @Override
  public int size() {
    return model.size();
  }

  @Override
  public SearchActor fresh(int node) {
    return model.fresh(node);
  }

  @Override
  public List<? extends Input> actions(int node) {
    return model.actions(node);
  }

  @Override
  public List<? extends Input> common() {
    return model.common();
  }

  @Override
  public boolean exchanges() {
    return model.exchanges();
  }

  @Override
  public boolean violated(Object[] facts) {
    return model.violated(facts);
  }

  @Override
  public boolean useless(Message message, Object[] facts) {
    return model.useless(message, facts);
  }

  @Override
  public Message aged(Message message, Input common) {
    return model.aged(message, common);
  }

  @Override
  public Input mirrored(Input input) {
    return model.mirrored(input);
  }

  @Override
  public boolean symmetric() {
    return model.symmetric();
  }
}
