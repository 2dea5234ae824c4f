package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Exchange;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The users of a closed model, with a thread each. */
final class ClosedSenders implements Senders {
  private final Run run;
  private final List<User> users;
  private final CountDownLatch ready;
  private final CountDownLatch ended;

  ClosedSenders(Run run, Plan plan, ClosedModel model) {
    this.run = run;
    this.ready = new CountDownLatch(model.users());
    this.ended = new CountDownLatch(model.users());
    this.users = IntStream.range(0, model.users())
        .mapToObj(number -> new User(run, plan, model, number, this))
        .toList();
  }

  @Override
  public void start() {
    boolean virtual = users.size() > Run.PLATFORM_THREADS;
    users.forEach(user -> run.start(user, user.toString(), virtual));
  }

  void userIsReady() {
    ready.countDown();
  }

  void userEnded() {
    ended.countDown();
  }

  @Override
  public CountDownLatch ready() {
    return ready;
  }

  @Override
  public CountDownLatch ended() {
    return ended;
  }

  @Override
  public Stream<Exchange> exchanges() {
    return users.stream().flatMap(user -> user.exchanges().stream());
  }
}
