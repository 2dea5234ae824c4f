package dev.scalable.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * The listening socket, and the threads of the connections that came through it.
 *
 * <p><b>How a listening socket is closed without losing a connection.</b> For a client a connection exists as soon as
 * the kernel has answered its SYN. For us it exists when we have accepted it; until then it waits in the socket's
 * backlog. To close the socket resets what waits there, and a proxy that has sent a POST on such a connection must
 * report a failure, since it cannot know that nobody read it.
 *
 * <p>To call {@code close()} from any thread loses more than what happens to wait: the socket is registered with the
 * selector of XNIO's accept thread, and such a socket stays open in the kernel, making connections, until that thread
 * gets round to its selector again. Since {@code accept()} already fails by then, every connection made in the meantime
 * is lost: in a JVM that has just started, or on a busy machine, that is milliseconds.
 *
 * <p>So {@link #close} has the accept thread itself do it all in one go: accept what waits, close the socket, select
 * once so that the kernel lets go of it. The first accept that finds nothing and the end of the socket are then
 * microseconds apart, as long as the thread keeps its processor and no class has to be loaded; a JVM that has never
 * closed a listening socket takes milliseconds for it, so it closes another one before. Then each IO thread is asked
 * for a sign of life: it took its share of the accepted connections through the same queue, so when it answers, whoever
 * counts connections has been told of all of them.
 *
 * <p><b>More connections than the limit</b> are not accepted: they wait in the backlog until one that is open ends,
 * and whoever has one is served as before. To accept and close them would tell their clients sooner, but after a
 * proxy has sent its request on a connection that the kernel made, so that a POST which could have been answered a
 * moment later is lost. Nor is an idle connection closed to make room: its proxy may be using it in this moment. A
 * drain lifts the limit, since closing the socket would reset what waits.
 *
 * <p><b>What remains:</b> a connection that is made within those microseconds is reset. Sockets have no way to stop the
 * one without the other; only a balancer that sends nothing new by then, because it saw readiness go (the drain delay
 * is there for it), closes that gap.
 *
 * <p>Safe for use by many threads.
 */
final class Listener {

  private static final Logger log = LoggerFactory.getLogger(Listener.class);

  private static final int BACKLOG = 1024;

  /** XNIO accepts so many connections each time that it is told that there are some. */
  private static final int ACCEPTED_AT_ONCE = 128;

  private final XnioWorker worker;
  private final XnioIoThread acceptThread;
  private final AcceptingChannel<StreamConnection> channel;

  private Listener(XnioWorker worker, XnioIoThread acceptThread, AcceptingChannel<StreamConnection> channel) {
    this.worker = worker;
    this.acceptThread = acceptThread;
    this.channel = channel;
  }

  /**
   * Listens.
   *
   * @param name what its threads are called
   * @param ioThreads how many threads its connections share
   * @param address where; port 0 means any free one
   * @param stall time after which a client that does not read what is there for it is cut off
   * @param portSetting the setting to change if the port is taken
   * @param maxConnections most connections that are open at once
   * @param accepted called on its IO thread with each connection
   * @throws IOException if the address cannot be bound; nothing is left
   */
  static Listener open(String name, int ioThreads, InetSocketAddress address, Duration stall, String portSetting,
      int maxConnections, Consumer<StreamConnection> accepted) throws IOException {
    // The group is how the accept thread is found: XNIO has no name for it in its interface.
    ThreadGroup group = new ThreadGroup(name);
    XnioWorker worker = Xnio.getInstance(Listener.class.getClassLoader()).createWorkerBuilder()
        .populateFromOptions(workerOptions(name, ioThreads)).setThreadGroup(group).build();
    Consumer<StreamConnection> taken = connection -> {
      StalledWrites.watch(connection, stall);
      accepted.accept(connection);
    };
    try {
      AcceptingChannel<StreamConnection> channel =
          worker.createStreamConnectionServer(address, listening -> accept(listening, taken),
              socketOptions(maxConnections));
      Listener listener = new Listener(worker, acceptThread(worker, group), channel);
      channel.resumeAccepts();
      return listener;
    } catch (IOException | UnresolvedAddressException e) {
      worker.shutdownNow();
      throw new IOException("cannot listen on " + address.getHostString() + ":" + address.getPort() + " (" + e
          + "): another process has the port, or it is not ours to take; set " + portSetting + " to a free one", e);
    }
  }

  private static OptionMap workerOptions(String name, int ioThreads) {
    return OptionMap.builder()
        .set(Options.WORKER_NAME, name)
        .set(Options.WORKER_IO_THREADS, ioThreads)
        // Undertow wants a task pool; nothing of ours runs on it.
        .set(Options.WORKER_TASK_CORE_THREADS, 1)
        .set(Options.WORKER_TASK_MAX_THREADS, 1)
        .getMap();
  }

  private static OptionMap socketOptions(int maxConnections) {
    return OptionMap.builder()
        .set(Options.TCP_NODELAY, true)
        .set(Options.REUSE_ADDRESSES, true)
        .set(Options.BACKLOG, BACKLOG)
        .set(Options.CONNECTION_HIGH_WATER, maxConnections)
        // The next one is accepted as soon as one has ended.
        .set(Options.CONNECTION_LOW_WATER, maxConnections)
        .getMap();
  }

  /** The one thread of the worker that is none of its IO threads. */
  private static XnioIoThread acceptThread(XnioWorker worker, ThreadGroup group) {
    Set<XnioIoThread> ioThreads = IntStream.range(0, worker.getIoThreadCount()).mapToObj(worker::getIoThread)
        .collect(Collectors.toSet());
    Thread[] threads = new Thread[2 * ioThreads.size() + 16];
    int found = group.enumerate(threads);
    return Arrays.stream(threads, 0, found).filter(XnioIoThread.class::isInstance).map(XnioIoThread.class::cast)
        .filter(thread -> !ioThreads.contains(thread)).findFirst()
        .orElseThrow(() -> new IllegalStateException("This version of XNIO has no accept thread; the drain needs it"));
  }

  private static void accept(AcceptingChannel<StreamConnection> listening, Consumer<StreamConnection> accepted) {
    StreamConnection connection;
    try {
      connection = listening.accept();
    } catch (ClosedChannelException e) {
      // Called once too often, as XNIO does, and the socket was closed by then: no connection was lost.
      return;
    } catch (IOException e) {
      log.warn("a connection could not be accepted: {}", e.getMessage(), e);
      return;
    }
    if (connection != null) {
      accepted.accept(connection);
    }
  }

  /** The port that is listened on. */
  int port() {
    return Objects.requireNonNull(channel.getLocalAddress(InetSocketAddress.class)).getPort();
  }

  /**
   * Accepts every connection that waits, and refuses new ones from then on; the essay above says how. When it returns,
   * each connection has been given to the one who takes them.
   *
   * @param most time after which the threads are not waited for any longer
   * @return whether they were done by then; if not, a connection may still come
   */
  boolean close(Duration most) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(worker.getIoThreadCount());
    // All made before, as what runs for the first time takes long. What is executed after a while comes after the
    // thread has selected.
    Runnable signs = () -> signsOfLife(done);
    Runnable end = () -> {
      // Not at once: to wake others is to let them go first, where all processors are busy.
      acceptThread.executeAfter(signs, 1, TimeUnit.MILLISECONDS);
      IoUtils.safeClose(channel);
    };
    acceptThread.execute(this::rehearse);
    acceptThread.executeAfter(() -> acceptAnd(end), 1, TimeUnit.MILLISECONDS);
    return done.await(most.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Closes another socket, so that all code for it has been loaded: the first time takes many times as long as the
   * second, and the kernel goes on meanwhile.
   */
  private void rehearse() {
    try {
      InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      IoUtils.safeClose(worker.createStreamConnectionServer(anyPort, listening -> {}, socketOptions(1)));
    } catch (IOException e) {
      log.debug("the close of the listening socket could not be rehearsed: {}", e.getMessage(), e);
    }
  }

  /** One task that queues the others, and all of them are run before the thread selects again. */
  @SuppressWarnings("deprecation") // wakeupAccepts: nothing else makes XNIO accept at a moment of our choice
  private void acceptAnd(Runnable end) {
    liftLimit();
    for (int taken = 0; taken <= BACKLOG; taken += ACCEPTED_AT_ONCE) {
      channel.wakeupAccepts();
    }
    acceptThread.execute(end);
  }

  /** What an IO thread was given before, it has seen when it counts down. */
  private void signsOfLife(CountDownLatch done) {
    for (int i = 0; i < worker.getIoThreadCount(); i++) {
      worker.getIoThread(i).execute(done::countDown);
    }
  }

  /** On the accept thread, so that it holds for the very next accept. */
  private void liftLimit() {
    try {
      // The upper mark is lifted with the lower one.
      channel.setOption(Options.CONNECTION_LOW_WATER, Integer.MAX_VALUE);
    } catch (IOException e) {
      log.warn("connections above the limit may be reset, since it could not be lifted: {}", e.getMessage(), e);
    }
  }

  /**
   * Closes the socket and every connection, and ends the threads; done again, does nothing. Each thread closes what is
   * its own: XNIO's {@code close()} from another thread waits for ever for one that has ended.
   */
  void stop() throws InterruptedException {
    worker.shutdownNow();
    worker.awaitTermination(1, TimeUnit.SECONDS);
  }
}
