package dev.scalable.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;
import org.luaj.vm2.lib.TwoArgFunction;
import org.luaj.vm2.lib.VarArgFunction;
import org.luaj.vm2.lib.jse.JsePlatform;

/** Runs the texts of scripts as Redis does: by Lua, with its conversions, its {@code redis} and {@code struct}. */
public final class SimScripts {

  private final Globals lua = JsePlatform.standardGlobals();
  private final Map<String, LuaValue> compiled = new HashMap<>();
  private final UnaryOperator<String> edit;
  private @Nullable SimServer server;

  /** Scripts that are altered before they are run. */
  public SimScripts(UnaryOperator<String> edit) {
    this.edit = edit;
    LuaTable redis = new LuaTable();
    VarArgFunction call = new VarArgFunction() {
      @Override
      public Varargs invoke(Varargs args) {
        List<byte[]> command = new ArrayList<>();
        for (int i = 1; i <= args.narg(); i++) {
          command.add(bytes(args.checkstring(i)));
        }
        if (server == null) {
          throw new IllegalStateException("redis.call outside of a script");
        }
        return toLua(server.execute(command));
      }
    };
    redis.set("call", call);
    redis.set("pcall", call);
    lua.set("redis", redis);
    LuaTable struct = new LuaTable();
    struct.set("pack", new TwoArgFunction() {
      @Override
      public LuaValue call(LuaValue format, LuaValue number) {
        eightBytes(format);
        byte[] packed = new byte[8];
        for (int i = 0; i < 8; i++) {
          packed[i] = (byte) (number.checklong() >>> (56 - 8 * i));
        }
        return LuaString.valueUsing(packed);
      }
    });
    struct.set("unpack", new TwoArgFunction() {
      @Override
      public LuaValue call(LuaValue format, LuaValue text) {
        eightBytes(format);
        byte[] packed = bytes(text.checkstring());
        long number = 0;
        for (int i = 0; i < 8; i++) {
          number = number << 8 | (packed[i] & 0xff);
        }
        return LuaValue.valueOf((double) number);
      }
    });
    lua.set("struct", struct);
  }

  private static void eightBytes(LuaValue format) {
    if (!format.tojstring().equals(">I8")) {
      throw new IllegalArgumentException("struct with " + format.tojstring());
    }
  }

  @Nullable Object run(SimServer on, String source, List<byte[]> keys, List<byte[]> args) {
    LuaValue script = compiled.computeIfAbsent(source, text -> lua.load(edit.apply(text), "script"));
    lua.set("KEYS", table(keys));
    lua.set("ARGV", table(args));
    server = on;
    try {
      return toJava(script.call());
    } finally {
      server = null;
    }
  }

  private static LuaTable table(List<byte[]> texts) {
    LuaTable table = new LuaTable(texts.size(), 0);
    for (int i = 0; i < texts.size(); i++) {
      table.set(i + 1, LuaString.valueUsing(texts.get(i)));
    }
    return table;
  }

  private static byte[] bytes(LuaString text) {
    byte[] bytes = new byte[text.m_length];
    text.copyInto(0, bytes, 0, bytes.length);
    return bytes;
  }

  private static LuaValue toLua(@Nullable Object reply) {
    return switch (reply) {
      case null -> LuaValue.FALSE;
      case Long number -> LuaValue.valueOf((double) number);
      case byte[] text -> LuaString.valueUsing(text);
      case List<?> list -> {
        LuaTable table = new LuaTable(list.size(), 0);
        for (int i = 0; i < list.size(); i++) {
          table.set(i + 1, toLua(list.get(i)));
        }
        yield table;
      }
      default -> throw new IllegalArgumentException("Not a reply: " + reply);
    };
  }

  private static @Nullable Object toJava(LuaValue value) {
    if (value instanceof LuaString text) {
      return bytes(text);
    }
    if (value.isnumber()) {
      return value.tolong();
    }
    if (value.isboolean()) {
      return value.toboolean() ? 1L : null;
    }
    if (value instanceof LuaTable table) {
      List<@Nullable Object> list = new ArrayList<>();
      for (int i = 1; !table.get(i).isnil(); i++) {
        list.add(toJava(table.get(i)));
      }
      return list;
    }
    return null;
  }
}
