"""Who acts: a person in a post of an agency, or a named part of the system. Never nobody."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.kinds import GOVERNMENT_KINDS, Post
from accounts.models import Agency, PostHolding, User, in_force, in_term
from core.errors import NotAllowed, SecondFactorNeeded
from core.text import shortened

# The longest title, and what the trail keeps of one.
POST_NAME = 40


@dataclass(frozen=True)
class Actor:
    """A person acting in a post. `agency` is the post's agency; `deputy` when acting for an absent holder."""

    name: str
    user: User | None
    agency: Agency | None
    post: str
    title: str = ""
    holding_id: int | None = None
    deputy: bool = False
    demands_second_factor: bool = False

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    @property
    def agency_id(self) -> int | None:
        return self.agency.pk if self.agency else None

    @property
    def agency_name(self) -> str:
        return self.agency.short_name if self.agency else ""

    @property
    def jurisdiction_id(self) -> int | None:
        return self.agency.jurisdiction_id if self.agency else None

    @property
    def post_name(self) -> str:
        """As it is written down with what was done: never longer than the trail keeps, and a deputy is always said to be one."""
        name = self.title or str(Post(self.post).label)
        return shortened(_("%(post)s（代行）") % {"post": name}, POST_NAME) if self.deputy else name

    @property
    def is_system(self) -> bool:
        return self.post == Post.SYSTEM

    def holds(self, *posts: str) -> bool:
        return self.post in posts

    def of(self, agency_id: int | None) -> bool:
        return agency_id is not None and self.agency_id == agency_id

    @property
    def in_government_office(self) -> bool:
        return self.agency is not None and self.agency.kind in GOVERNMENT_KINDS

    @property
    def speaks_for_government(self) -> bool:
        """Whether this post proposes or decides for the government; its auditor and its administrators sit there and do neither."""
        return self.in_government_office and not self.holds(Post.AUDITOR, Post.ADMINISTRATOR, Post.SECURITY)

    @property
    def oversees(self) -> bool:
        """Whether this post watches over the district's clocks."""
        return self.in_government_office or self.holds(Post.SUPERVISION, Post.MEETING_OFFICE, Post.CONVENER, Post.AUDITOR)


def system_actor(part: str) -> Actor:
    """A named part of the system: 'sweep', 'delivery', 'demo'."""
    return Actor(name=f"系统·{part}", user=None, agency=None, post=Post.SYSTEM)


def posts_of(user: User, day: dt.date | None = None) -> list[tuple[PostHolding, bool]]:
    """The posts that `user` may act in on `day` (today by default), own first; True marks a delegation. One query.

    A post that another system holds is acted in through the REST door only, never by signing in. A deputy acts as long as the
    absent holder's term, the agency, the absence and the deputy's own post in that agency last.
    """
    day = day or timezone.localdate()
    if not user.is_active:
        return []
    colleague = PostHolding.objects.filter(in_term(day), user=user, agency=OuterRef("agency"), machine=False)
    # Two looks into an index each: asked as one "or", it read every holding there is, on every page.
    own = PostHolding.objects.filter(user=user).values("pk")
    deputised = PostHolding.objects.filter(Exists(colleague), absences__deputy=user, absences__since__lte=day, absences__until__gte=day)
    rows = PostHolding.objects.filter(in_force(day), pk__in=own.union(deputised.values("pk")), machine=False)
    rows = rows.select_related("agency__jurisdiction", "agency__parent")
    return sorted(((h, h.user_id != user.pk) for h in rows), key=lambda pair: (pair[1], pair[0].pk))


def actor_for(user: User, holding_id: int | None = None) -> Actor | None:
    """`user` acting in the wanted post, or in the first one; None for a person without a post."""
    held = posts_of(user)
    if not held:
        return None
    chosen = next((pair for pair in held if pair[0].pk == (holding_id or user.last_post_id)), held[0])
    return actor_in(user, *chosen)


def actor_in(user: User, holding: PostHolding, deputy: bool = False) -> Actor:
    demanded = demands_second_factor(holding)
    return Actor(user.display_name, user, holding.agency, holding.post, holding.title, holding.pk, deputy, demanded)


def demands_second_factor(holding: PostHolding) -> bool:
    """Whether the holding's district, or else the installation, demands a second factor of its post. No query."""
    named = holding.agency.jurisdiction.second_factor_posts
    return holding.post in (settings.SECOND_FACTOR_POSTS if named is None else named)


def acting(request: HttpRequest) -> Actor:
    """Who acts in this request, looked up once.

    Raises NotAllowed for a person without a post; SecondFactorNeeded where the post demands a one-time code that this session
    was not given.
    """
    if not hasattr(request, "_actor"):
        holding = request.session.get("holding")
        request._actor = actor_for(request.user, holding) if request.user.is_authenticated else None
        if request._actor is not None and request._actor.demands_second_factor and not request.session.get("second_factor"):
            request._actor = SecondFactorNeeded(_("这个岗位须用动态口令登录。"))
    if request._actor is None:
        raise NotAllowed(_("您现在没有担任任何岗位，请联系安全管理员。"))
    if isinstance(request._actor, SecondFactorNeeded):
        raise request._actor
    return request._actor


@dataclass(frozen=True)
class Reachable:
    """A person who may be told: and which kinds of message also go by mail."""

    agency_id: int
    user_id: int
    post: str
    mail_kinds: tuple[str, ...]


def people_at(agency_ids: set[int], posts: tuple[str, ...], day: dt.date) -> list[Reachable]:
    """Who holds one of `posts` in these agencies on `day`, deputies of the absent included. One query."""
    from accounts.models import Absence

    held = PostHolding.objects.filter(in_force(day), agency_id__in=agency_ids, post__in=posts, machine=False)
    colleague = PostHolding.objects.filter(in_term(day), user=OuterRef("deputy"), agency=OuterRef("holding__agency"), machine=False)
    away = Absence.objects.filter(Exists(colleague), since__lte=day, until__gte=day, holding__in=held.values("pk"), deputy__is_active=True)
    rows = held.values_list("agency_id", "user_id", "post", "user__mail_kinds").union(
        away.values_list("holding__agency_id", "deputy_id", "holding__post", "deputy__mail_kinds"), all=True
    )
    return [Reachable(a, u, p, tuple(k or ())) for a, u, p, k in sorted(rows, key=lambda r: (r[0], r[1], r[2]))]
