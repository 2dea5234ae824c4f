package dev.scalable.testkit.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * One connection through the link: a client's socket, one to the target, and a lane each way. For the thread of the
 * selector.
 */
final class Relay {
  private final Traffic traffic;
  private final End client;
  private final End target;
  private final Lane toTarget;
  private final Lane toClient;
  private boolean dialled;
  private boolean gap;
  private long allowance;

  /** Takes a client in, and calls nobody yet. */
  Relay(Traffic traffic, SocketChannel accepted, SocketChannel calling) throws IOException {
    this.traffic = traffic;
    this.client = new End(this, accepted, traffic.loop().selector());
    this.target = new End(this, calling, traffic.loop().selector());
    this.toTarget = new Lane(this, traffic.toTarget(), client, target);
    this.toClient = new Lane(this, traffic.toClients(), target, client);
    this.allowance = traffic.conditions().limit();
  }

  Conditions conditions() {
    return traffic.conditions();
  }

  /** How many bytes it may still carry, both ways together. */
  long allowance() {
    return allowance;
  }

  void allow(long bytes) {
    allowance = bytes;
  }

  void used(int bytes) {
    allowance -= allowance == Conditions.UNLIMITED ? 0 : bytes;
  }

  /** Calls the target, unless nothing gets through now. */
  void begin() throws IOException {
    if (conditions().dark()) {
      watch();
    } else {
      dial();
    }
  }

  private void dial() throws IOException {
    if (!dialled) {
      dialled = true;
      if (target.channel().connect(traffic.target())) {
        watch();
      } else {
        target.await(SelectionKey.OP_CONNECT);
      }
    }
  }

  /** Does what one of its sockets is ready for. */
  void ready(End end, int operations, ByteBuffer scratch, long now) throws IOException {
    if ((operations & SelectionKey.OP_CONNECT) != 0) {
      target.channel().finishConnect();
    }
    if ((operations & SelectionKey.OP_WRITE) != 0) {
      Lane lane = end == client ? toClient : toTarget;
      lane.unblock();
      pass(lane, now);
    }
    if ((operations & SelectionKey.OP_READ) != 0) {
      (end == client ? toTarget : toClient).read(scratch, now);
    }
    settle();
  }

  /** One of its sockets broke: the other one is to see the same, unless nothing gets through now. */
  void broke(End end) {
    if (conditions().dark()) {
      gap = true;
      end.close();
      settle();
    } else {
      reset();
    }
  }

  /** Passes on what a lane holds and what is due of it; returns when the next is. */
  long passAndSettle(Lane lane, long now) throws IOException {
    if (!client.isOpen() || !target.isOpen() || lane.isBlocked()) {
      return Lane.NEVER;
    }
    long due = lane.pass(now);
    settle();
    return due;
  }

  /** The lane holds bytes whose time is to come. */
  void waits(Lane lane) {
    traffic.loop().waits(lane);
  }

  /** Bytes were lost, or the end of the stream: the connection can never go on. */
  void lostBytes() {
    gap = true;
  }

  /** From now on nothing gets through; what is on its way is lost. */
  void darken() {
    boolean toTargetLost = toTarget.drop();
    boolean toClientLost = toClient.drop();
    gap = gap || toTargetLost || toClientLost;
    watch();
  }

  /** All faults are over. A connection that has lost bytes cannot go on: to its ends it would look whole. */
  void clear() throws IOException {
    if (gap) {
      reset();
    } else {
      allowance = Conditions.UNLIMITED;
      dial();
      replan();
    }
  }

  /** Gives what is held a new time, by the conditions of now. */
  void replan() {
    toTarget.replan();
    toClient.replan();
  }

  /** Lets the client see the end of what it reads, while it may go on sending; what the target still sends is lost. */
  void halfClose() throws IOException {
    if (!toClient.isFinished()) {
      toClient.finish();
    }
    settle();
  }

  /** Ends it: both sides see a reset. */
  void reset() {
    client.reset();
    target.reset();
    traffic.ended(this);
  }

  private void pass(Lane lane, long now) throws IOException {
    if (lane.pass(now) != Lane.NEVER) {
      waits(lane);
    }
  }

  private void settle() {
    boolean bothToldSo = toTarget.isFinished() && toClient.isFinished();
    if (bothToldSo || (conditions().dark() && clientLeft() && targetLeft())) {
      client.close();
      target.close();
      traffic.ended(this);
    } else {
      watch();
    }
  }

  private boolean clientLeft() {
    return !client.isOpen() || toTarget.hasEnded();
  }

  private boolean targetLeft() {
    return !dialled || !target.isOpen() || toClient.hasEnded();
  }

  private void watch() {
    boolean connected = target.channel().isConnected();
    if (dialled && !connected && !conditions().dark()) {
      return; // it waits for the target's answer; the client's bytes wait in the system
    }
    client.await(interest(toTarget, toClient));
    target.await(connected ? interest(toClient, toTarget) : dialled ? SelectionKey.OP_CONNECT : 0);
  }

  private static int interest(Lane from, Lane to) {
    return (from.reads() ? SelectionKey.OP_READ : 0) | (to.isBlocked() ? SelectionKey.OP_WRITE : 0);
  }
}
