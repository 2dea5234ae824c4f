package dev.scalable.testkit.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What happens to the system during a run: faults at their times, and an action that the load goes on for. Each of the
 * two has a thread of its own, since an action such as a rolling restart takes as long as it takes.
 */
final class Disturbance {
  private final Run run;
  private final Plan plan;
  private final List<Fault> faults = new ArrayList<>();
  private final CountDownLatch loadEnded = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(2);
  private volatile boolean actionRuns;
  private volatile long actionEnded;

  Disturbance(Run run, Plan plan) {
    this.run = run;
    this.plan = plan;
    this.actionRuns = plan.whileRunning() != null;
  }

  /** Does all faults, each at its time. */
  void doFaults() {
    try {
      for (Plan.DueFault fault : plan.faults()) {
        if (!happens(fault)) {
          break;
        }
      }
    } catch (InterruptedException givenUp) {
      Thread.currentThread().interrupt();
    } finally {
      ended.countDown();
    }
  }

  /** Does the action that the load goes on for, if there is one. */
  void doAction() {
    try {
      Action action = plan.whileRunning();
      if (action != null) {
        perform("the action of whileRunning", action);
      }
    } finally {
      actionEnded = run.sinceStart();
      actionRuns = false;
      ended.countDown();
    }
  }

  /** Whether the load has to go on at a time, in nanoseconds since the start, whatever the model asks for. */
  boolean holdsTheLoadAt(long time) {
    return actionRuns || time < actionEnded;
  }

  void loadEnded() {
    loadEnded.countDown();
  }

  CountDownLatch ended() {
    return ended;
  }

  /** What was done, in order of its start; once it has ended. */
  List<Fault> faults() {
    synchronized (faults) {
      return faults.stream().sorted(Comparator.comparing(Fault::started)).toList();
    }
  }

  /** Waits until the fault is due and does it; false if the run is over. */
  private boolean happens(Plan.DueFault fault) throws InterruptedException {
    long wait = fault.at().toNanos() - run.sinceStart();
    if (loadEnded.await(wait, TimeUnit.NANOSECONDS) && !run.stopped()) {
      run.fail("it had ended before the fault '" + fault.name() + "', due at " + fault.at() + ", could be done", null);
    }
    return !run.stopped() && perform(fault.name(), fault.action());
  }

  private boolean perform(String name, Action action) {
    Duration began = Duration.ofNanos(run.sinceStart());
    try {
      action.run();
      synchronized (faults) {
        faults.add(new Fault(name, began, Duration.ofNanos(run.sinceStart())));
      }
      return true;
    } catch (Throwable broken) {
      run.fail(name + " failed: " + broken, broken);
      return false;
    }
  }
}
