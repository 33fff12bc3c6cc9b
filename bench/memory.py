"""What one open dialog costs in memory."""

from bench.bulk import warm_up
from bench.contenders import Start
from bench.dialogs import dialogs
from bench.practice import House
from bench.sizes import Sizes


async def bytes_per_dialog(start: Start, house: House, *, sizes: Sizes) -> tuple[str, dict[int, float]]:
    """Return the contender's name and, for each number of dialogs, what each added to the memory of a fresh server.

    The dialogs are spread evenly over the clients.
    """
    async with start() as contender, dialogs() as opened:
        process = contender.process
        await warm_up(contender, house, sizes=sizes)
        before = process.resident_bytes
        costs = {}
        for wanted in (sizes.dialogs, sizes.many_dialogs):
            places = range(len(opened.opened), wanted)
            greetings = [contender.greeting(house.people[place % len(house.people)], place) for place in places]
            await opened.open(process.address, greetings, at_once=sizes.at_once)
            await process.quiet()
            costs[wanted] = (process.resident_bytes - before) / wanted
        return contender.name, costs
