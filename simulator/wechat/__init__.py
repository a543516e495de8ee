"""A simulated WeChat shop (微信小店): errcode with HTTP 200, cursors that move, sealed pushes."""

from simulator.wechat.platform import WeChatShop

__all__ = ["WeChatShop"]
