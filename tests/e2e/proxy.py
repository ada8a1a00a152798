"""What stands between a kiosk and its hub and does not do what it should: a TCP proxy that misbehaves on purpose."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections import Counter

CHUNK = 4096
FAULTS = (
    "cut",      # ends a connection after some bytes, in either direction, in order or by a reset
    "refuse",   # resets each connection as it comes, or says something
    "silent",   # takes what comes and hands on nothing: half-open before the request
    "swallow",  # hands on the requests and keeps the answers: half-open behind it
    "slow",     # so many bytes a second, each way
    "alter",    # another byte in place of one
    "again",    # hands a request on and, over another connection, once more: whole, or cut short
)


class Proxy:
    """One kiosk's way to `hub` ("127.0.0.1:8080"). `fault` may be set at any time, and counts for what is on its way too.

    A connection that became half-open stays so, whatever is set afterwards: only its ends can find out.
    """

    def __init__(self, hub, chance):
        self.fault = None
        self.bytes_a_second = 0
        self.done = Counter()  # what was done, by fault
        self.carried = 0  # bytes
        self._hub = hub.rsplit(":", 1)
        self._chance = chance
        self._tasks = set()
        self._loop = asyncio.new_event_loop()
        listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % listener.getsockname()[1]
        self._server = None
        self._thread = threading.Thread(target=self._run, args=(listener,), daemon=True)
        self._thread.start()

    def set(self, fault, bytes_a_second=0):
        self.bytes_a_second = bytes_a_second
        self.fault = fault

    def stop(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self, listener):
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, sock=listener))
        self._loop.run_forever()
        self._server.close()
        for task in self._tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))
        self._loop.close()

    async def _serve(self, reader, writer):
        self._tasks.add(asyncio.current_task())
        connection = _Connection(writer, self._chance.randrange(8000))
        try:
            if self.fault == "refuse":
                self._refuse(connection)
                return
            if self.fault == "silent":
                self._half_open(connection, "silent")
            else:
                hub_reader, connection.hub = await asyncio.open_connection(*self._hub)
            ways = [self._carry(connection, reader, "request")]
            if connection.hub:
                ways.append(self._carry(connection, hub_reader, "answer"))
            await asyncio.gather(*ways)
        except (OSError, asyncio.CancelledError):
            pass  # an end that is gone, or the proxy is stopped
        finally:
            connection.end()
            self._tasks.discard(asyncio.current_task())

    def _refuse(self, connection):
        self.done["refuse"] += 1
        connection.reset()

    def _half_open(self, connection, how):
        if not connection.half_open:
            self.done[how] += 1
        connection.half_open.add("request" if how == "silent" else "answer")

    async def _carry(self, connection, reader, way):
        while chunk := await reader.read(CHUNK):
            if self.fault == "silent":
                self._half_open(connection, "silent")
            if self.fault == "refuse":
                return self._refuse(connection)
            if self.fault == "swallow" and way == "answer":
                self._half_open(connection, "swallow")
            if way in connection.half_open or "request" in connection.half_open:
                continue  # taken, and gone
            chunk = await self._mistreat(connection, chunk, way)
            if chunk is None:
                return
            to = connection.hub if way == "request" else connection.kiosk
            self.carried += len(chunk)
            to.write(chunk)
            await to.drain()
        # Whoever ends a connection is heard of at the other end, unless it is half-open.
        if not connection.half_open:
            connection.end()

    async def _mistreat(self, connection, chunk, way):
        """What becomes of the chunk; None once the connection is cut."""
        if self.fault == "cut":
            connection.before_cut -= len(chunk)
            if connection.before_cut < 0:
                self.done["cut"] += 1
                await self._cut(connection, chunk[:connection.before_cut], way)
                return None
        elif self.fault == "alter" and self._chance.random() < 0.2:
            chunk = self._altered(chunk)
        elif self.fault == "again" and way == "request" and self._chance.random() < 0.5:
            self.done["again"] += 1
            short = self._chance.random() < 0.3
            task = asyncio.ensure_future(self._once_more(chunk[:self._chance.randrange(len(chunk))] if short else chunk))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif self.fault == "slow" and self.bytes_a_second:
            self.done["slow"] += 1
            return await self._slowly(connection, chunk, way)
        return chunk

    async def _cut(self, connection, rest, way):
        with contextlib.suppress(OSError):
            to = connection.hub if way == "request" else connection.kiosk
            to.write(rest)
            await to.drain()
        if self._chance.random() < 0.5:
            connection.reset()
        connection.end()

    async def _slowly(self, connection, chunk, way):
        """All but the last piece, as slowly as the line is; which may become better meanwhile."""
        to = connection.hub if way == "request" else connection.kiosk
        while len(chunk) > 1 and self.fault == "slow":
            piece = max(1, self.bytes_a_second // 10)
            to.write(chunk[:piece])
            await to.drain()
            self.carried += len(chunk[:piece])
            chunk = chunk[piece:]
            await asyncio.sleep(piece / self.bytes_a_second)
        return chunk

    def _altered(self, chunk):
        at = self._chance.randrange(len(chunk))
        # Of a body. Of the header no digest says anything, and daemons have time: half a minute for a header that has no
        # end any more, a whole one after the 401 for a token that is another.
        head = chunk.find(b"\r\n\r\n")
        if head >= 0:
            at = max(at, head + 4)
        if at >= len(chunk):
            return chunk
        self.done["alter"] += 1
        return chunk[:at] + bytes([chunk[at] ^ (1 << self._chance.randrange(7))]) + chunk[at + 1:]

    async def _once_more(self, chunk):
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection(*self._hub)
            try:
                writer.write(chunk)
                writer.write_eof()
                while await reader.read(CHUNK):
                    pass
            finally:
                writer.close()


class _Connection:
    def __init__(self, kiosk, before_cut):
        self.kiosk = kiosk
        self.hub = None
        self.half_open = set()  # the ways on which nothing is carried any more
        self.before_cut = before_cut  # bytes of both ways

    def reset(self):
        for writer in (self.kiosk, self.hub):
            if writer:
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()

    def end(self):
        for writer in (self.kiosk, self.hub):
            if writer:
                with contextlib.suppress(OSError):
                    writer.close()
